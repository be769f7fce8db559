using System.Numerics.Tensors;

namespace AnomalyApi.Detection.Kernels;

/// <summary>All eigenvalues and eigenvectors of a symmetric matrix. Serves one decomposition, which can be cancelled.</summary>
/// <remarks>
/// Householder reflections make the matrix tridiagonal, and implicit QR steps with Wilkinson's shift make that diagonal: Golub and Van Loan,
/// Matrix Computations, 2013, algorithms 8.3.1 and 8.3.2. Eigenvectors are kept as rows, so that every inner loop runs along memory. About 6 n^3 operations.
/// </remarks>
internal sealed class SymmetricEigen
{
    // Ordinary matrices need fewer than two steps for each eigenvalue.
    private const int MostStepsEach = 60;

    private const double Precision = 2.2e-16;

    private readonly int _size;
    private readonly double[] _matrix;
    private readonly double[] _beside;
    private readonly double[] _scales;
    private readonly double[] _work;
    private readonly CancellationToken _token;

    private SymmetricEigen(double[] matrix, int size, CancellationToken token)
    {
        (_size, _matrix, _token) = (size, matrix, token);
        Values = new double[size];
        Vectors = new double[size * size];
        _beside = new double[size];
        _scales = new double[size];
        _work = new double[size];
    }

    /// <summary>n eigenvalues, in no order.</summary>
    public double[] Values { get; }

    /// <summary>Shape [n, n]: row i is the eigenvector of value i, of length 1.</summary>
    public double[] Vectors { get; }

    /// <summary>Decomposes a matrix of shape [n, n], which is not changed; all values are finite and far from overflowing when squared.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; it is looked at after every n^2 operations or so.</exception>
    public static SymmetricEigen Of(double[] matrix, int size, CancellationToken token)
    {
        var eigen = new SymmetricEigen((double[])matrix.Clone(), size, token);
        eigen.MakeTridiagonal();
        eigen.FormReflections();
        eigen.MakeDiagonal();
        return eigen;
    }

    private Span<double> Row(int row, int from) => _matrix.AsSpan(row * _size + from, _size - from);

    private Span<double> Vector(int row, int from = 0) => Vectors.AsSpan(row * _size + from, _size - from);

    /// <summary>Leaves the diagonal in <see cref="Values"/>, what is beside it in the other array, and the reflection of a column right of the diagonal of
    /// its row.</summary>
    private void MakeTridiagonal()
    {
        for (var k = 0; k < _size; k++)
        {
            _token.ThrowIfCancellationRequested();
            Values[k] = _matrix[k * _size + k];
            if (k == _size - 1)
                return;

            // The reflection I - scale v v' takes the rest of the column to a multiple of its first place.
            var v = Row(k, k + 1);
            var length = TensorPrimitives.Norm<double>(v);
            if (length == 0 || v.Length == 1)
            {
                _beside[k] = v[0];
                continue;
            }

            _beside[k] = v[0] > 0 ? -length : length;
            v[0] -= _beside[k];
            TensorPrimitives.Divide(v, TensorPrimitives.Norm<double>(v), v);
            _scales[k] = 2;

            // From both sides at once: what is left becomes A - v w' - w v', w = p - (v'p) v, p = 2 A v.
            var w = _work.AsSpan(0, v.Length);
            for (var i = 0; i < v.Length; i++)
                w[i] = 2 * TensorPrimitives.Dot<double>(Row(k + 1 + i, k + 1), v);

            TensorPrimitives.MultiplyAdd<double>(v, -TensorPrimitives.Dot<double>(v, w), w, w);
            for (var i = 0; i < v.Length; i++)
            {
                var row = Row(k + 1 + i, k + 1);
                TensorPrimitives.MultiplyAdd<double>(w, -v[i], row, row);
                TensorPrimitives.MultiplyAdd<double>(v, -w[i], row, row);
            }
        }
    }

    /// <summary>Makes the rows of <see cref="Vectors"/> the columns of the product of all reflections, the last one applied first.</summary>
    private void FormReflections()
    {
        for (var i = 0; i < _size; i++)
            Vectors[i * _size + i] = 1;

        for (var k = _size - 2; k >= 0; k--)
        {
            _token.ThrowIfCancellationRequested();
            if (_scales[k] == 0)
                continue;

            var v = Row(k, k + 1);
            for (var i = k + 1; i < _size; i++)
            {
                var vector = Vector(i, k + 1);
                TensorPrimitives.MultiplyAdd<double>(v, -_scales[k] * TensorPrimitives.Dot<double>(v, vector), vector, vector);
            }
        }
    }

    private void MakeDiagonal()
    {
        var steps = (long)MostStepsEach * _size;
        for (var last = _size - 1; last > 0;)
        {
            _token.ThrowIfCancellationRequested();
            var first = last;
            while (first > 0 && !IsNegligible(first - 1))
                first--;

            if (first == last || steps-- == 0)
            {
                last--;
                continue;
            }

            Step(first, last);
        }
    }

    private bool IsNegligible(int k) => !(Math.Abs(_beside[k]) > Precision * (Math.Abs(Values[k]) + Math.Abs(Values[k + 1])));

    /// <summary>One QR step on the block from <paramref name="first"/> to <paramref name="last"/>.</summary>
    private void Step(int first, int last)
    {
        var beside = _beside[last - 1];
        var half = (Values[last - 1] - Values[last]) / 2;
        var shift = Values[last] - beside * beside / (half + Math.CopySign(Math.Sqrt(half * half + beside * beside), half));
        var (x, z) = (Values[first] - shift, _beside[first]);
        for (var k = first; k < last; k++)
        {
            // The rotation that takes (x, z) to (r, 0).
            var r = Math.Sqrt(x * x + z * z);
            var (c, s) = r > 0 ? (x / r, z / r) : (1, 0);
            if (k > first)
                _beside[k - 1] = r;

            var (a, b, t) = (Values[k], Values[k + 1], _beside[k]);
            Values[k] = c * c * a + 2 * c * s * t + s * s * b;
            Values[k + 1] = s * s * a - 2 * c * s * t + c * c * b;
            _beside[k] = c * s * (b - a) + (c * c - s * s) * t;
            if (k < last - 1)
            {
                (x, z) = (_beside[k], s * _beside[k + 1]);
                _beside[k + 1] *= c;
            }

            Rotate(Vector(k), Vector(k + 1), c, s);
        }
    }

    private void Rotate(Span<double> one, Span<double> other, double c, double s)
    {
        TensorPrimitives.Multiply<double>(one, s, _work);
        TensorPrimitives.Multiply<double>(one, c, one);
        TensorPrimitives.MultiplyAdd<double>(other, s, one, one);
        TensorPrimitives.Multiply<double>(other, c, other);
        TensorPrimitives.Subtract<double>(other, _work, other);
    }
}
