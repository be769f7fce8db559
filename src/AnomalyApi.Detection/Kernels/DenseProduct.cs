using System.Numerics;
using System.Runtime.CompilerServices;

namespace AnomalyApi.Detection.Kernels;

/// <summary>Products of small dense matrices, for the layers of a network: forward, backward and gradient are all the same product.</summary>
/// <remarks>
/// An element of the result is <c>start + x[0] w[0] + x[1] w[1] + ...</c>, added in that order with fused multiply-adds, whatever the
/// width of a vector and whatever row stands beside it. So a row's result depends on that row alone, and is the same on every machine.
/// </remarks>
internal static unsafe class DenseProduct
{
    /// <summary>The number of rows must be a multiple of it: eight sums at a time hide the latency of a multiply-add.</summary>
    public const int RowStep = 8;

    /// <summary>The number of columns must be a multiple of it: the widest vector there is.</summary>
    public const int ColumnStep = 16;

    /// <summary>The next multiple of <see cref="ColumnStep"/>.</summary>
    public static int Padded(int width) => (width + ColumnStep - 1) / ColumnStep * ColumnStep;

    /// <summary>The next multiple of <see cref="RowStep"/>.</summary>
    public static int PaddedRows(int rows) => (rows + RowStep - 1) / RowStep * RowStep;

    /// <summary>Sets <paramref name="result"/> to the left matrix times the right one, plus the same start for every row.</summary>
    /// <param name="left">Shape [rows, inner]; a transposed matrix is one with its two steps exchanged.</param>
    /// <param name="right">Shape [inner, columns], row-major and dense.</param>
    /// <param name="start">What each column starts from; null for zeros.</param>
    /// <param name="result">Shape [rows, columns], row-major and dense. Must not overlap the others.</param>
    /// <param name="rows">A multiple of <see cref="RowStep"/>.</param>
    /// <param name="columns">A multiple of <see cref="ColumnStep"/>.</param>
    public static void Multiply(DenseLeft left, float* right, float* start, float* result, int rows, int inner, int columns)
    {
        for (var row = 0; row < rows; row += RowStep)
        {
            var x = left.Values + (nint)row * left.RowStep;
            var y = result + (nint)row * columns;
            for (var column = 0; column < columns; column += Vector<float>.Count)
            {
                var first = start == null ? Vector<float>.Zero : Vector.Load(start + column);
                EightRows(x, left.RowStep, left.InnerStep, right + column, first, y + column, inner, columns);
            }
        }
    }

    /// <summary>The same as <see cref="Multiply"/> as the formula reads; any number of rows and columns.</summary>
    public static void MultiplyScalar(DenseLeft left, float* right, float* start, float* result, int rows, int inner, int columns)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var sum = start == null ? 0 : start[column];
                for (var k = 0; k < inner; k++)
                {
                    var x = left.Values[(nint)row * left.RowStep + (nint)k * left.InnerStep];
                    sum = MathF.FusedMultiplyAdd(x, right[(nint)k * columns + column], sum);
                }

                result[(nint)row * columns + column] = sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightRows(
        float* x, nint rowStep, nint innerStep, float* right, Vector<float> start, float* y, int inner, nint columns)
    {
        Vector<float> a = start, b = start, c = start, d = start, e = start, f = start, g = start, h = start;
        var x4 = x + 4 * rowStep;
        for (var k = 0; k < inner; k++)
        {
            var w = Vector.Load(right);
            a = Vector.FusedMultiplyAdd(Vector.Create(x[0]), w, a);
            b = Vector.FusedMultiplyAdd(Vector.Create(x[rowStep]), w, b);
            c = Vector.FusedMultiplyAdd(Vector.Create(x[2 * rowStep]), w, c);
            d = Vector.FusedMultiplyAdd(Vector.Create(x[3 * rowStep]), w, d);
            e = Vector.FusedMultiplyAdd(Vector.Create(x4[0]), w, e);
            f = Vector.FusedMultiplyAdd(Vector.Create(x4[rowStep]), w, f);
            g = Vector.FusedMultiplyAdd(Vector.Create(x4[2 * rowStep]), w, g);
            h = Vector.FusedMultiplyAdd(Vector.Create(x4[3 * rowStep]), w, h);
            right += columns;
            x += innerStep;
            x4 += innerStep;
        }

        Vector.Store(a, y);
        Vector.Store(b, y + columns);
        Vector.Store(c, y + 2 * columns);
        Vector.Store(d, y + 3 * columns);
        Vector.Store(e, y + 4 * columns);
        Vector.Store(f, y + 5 * columns);
        Vector.Store(g, y + 6 * columns);
        Vector.Store(h, y + 7 * columns);
    }
}

/// <summary>The left matrix of a product, where it lies.</summary>
/// <param name="values">The first element.</param>
/// <param name="rowStep">Elements from one row to the next.</param>
/// <param name="innerStep">Elements from one column to the next.</param>
internal readonly unsafe struct DenseLeft(float* values, int rowStep, int innerStep)
{
    public readonly float* Values = values;
    public readonly nint RowStep = rowStep;
    public readonly nint InnerStep = innerStep;
}
