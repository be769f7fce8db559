using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Kernels;

/// <summary>The nearest of a few reference rows, such as the centres of clusters, and the squared distance to it.</summary>
/// <remarks>
/// Distances have the bits of <see cref="SquaredDistances"/>, but none is stored: four rows meet two panels in eight registers, and only the
/// least of each lane goes on. Of equally distant references the first counts. What is found for a row depends on nothing beside it.
/// </remarks>
internal static unsafe class NearestRow
{
    /// <summary>Finds the nearest reference of every row.</summary>
    /// <param name="references">At least one.</param>
    /// <param name="rows">Shape [n, columns of the references]; finite, see <see cref="BoundedRows"/>.</param>
    /// <param name="distances">Receives n squared distances.</param>
    /// <param name="nearest">Receives n places among the references.</param>
    /// <exception cref="ArgumentException">A shape does not fit the others.</exception>
    public static void Find(
        RowPanels references, ReadOnlySpan<float> rows, Span<float> distances, Span<int> nearest, DistanceKernel kernel)
    {
        if (references.RowCount == 0)
            throw new ArgumentException("There are no reference rows; at least 1 is needed.", nameof(references));

        if (rows.Length != (long)distances.Length * references.ColumnCount || nearest.Length != distances.Length)
        {
            throw new ArgumentException(
                $"{rows.Length} values are no {distances.Length} rows of {references.ColumnCount} columns, or there is no room for as many places.",
                nameof(rows));
        }

        fixed (float* panels = references.Values, allRows = rows, allDistances = distances)
        fixed (int* allNearest = nearest)
        {
            var tile = new Tile(allRows, panels, allDistances, allNearest, references.ColumnCount, references.PanelCount);
            if (kernel == DistanceKernel.Scalar)
            {
                FindScalar(references, tile, distances.Length);
                return;
            }

            // The last rows are done more than once rather than by code of their own.
            var last = distances.Length - 1;
            for (var row = 0; row <= last; row += 4)
            {
                if (kernel == DistanceKernel.Vector512)
                    FindVector512(tile, row, Math.Min(row + 1, last), Math.Min(row + 2, last), Math.Min(row + 3, last));
                else
                    FindVector256(tile, row, Math.Min(row + 1, last), Math.Min(row + 2, last), Math.Min(row + 3, last));
            }
        }
    }

    /// <summary>Finds the nearest reference of every row by the fastest kernel.</summary>
    public static void Find(RowPanels references, ReadOnlySpan<float> rows, Span<float> distances, Span<int> nearest) =>
        Find(references, rows, distances, nearest, DistanceKernels.Fastest);

    private static void FindScalar(RowPanels references, in Tile tile, int rowCount)
    {
        for (var row = 0; row < rowCount; row++)
        {
            var (least, nearest) = (float.PositiveInfinity, 0);
            for (var reference = 0; reference < references.RowCount; reference++)
            {
                var sum = 0f;
                for (var column = 0; column < references.ColumnCount; column++)
                {
                    var difference = references.At(reference, column) - tile.Row(row)[column];
                    sum = MathF.FusedMultiplyAdd(difference, difference, sum);
                }

                if (sum < least)
                    (least, nearest) = (sum, reference);
            }

            tile.Store(row, least, nearest);
        }
    }

    private static void FindVector512(in Tile tile, int first, int second, int third, int fourth)
    {
        float* x = tile.Row(first), y = tile.Row(second), z = tile.Row(third), w = tile.Row(fourth);
        Best512 xBest = new(), yBest = new(), zBest = new(), wBest = new();
        nint columnCount = tile.ColumnCount;
        var panel = 0;
        for (; panel + 2 <= tile.PanelCount; panel += 2)
        {
            float* p = tile.Panel(panel), q = tile.Panel(panel + 1);
            Vector512<float> xp = default, xq = default, yp = default, yq = default;
            Vector512<float> zp = default, zq = default, wp = default, wq = default;
            for (nint column = 0; column < columnCount; column++)
            {
                var a = Vector512.Load(p + column * RowPanels.Width);
                var b = Vector512.Load(q + column * RowPanels.Width);
                var value = Vector512.Create(x[column]);
                xp = AddSquare(xp, a - value);
                xq = AddSquare(xq, b - value);
                value = Vector512.Create(y[column]);
                yp = AddSquare(yp, a - value);
                yq = AddSquare(yq, b - value);
                value = Vector512.Create(z[column]);
                zp = AddSquare(zp, a - value);
                zq = AddSquare(zq, b - value);
                value = Vector512.Create(w[column]);
                wp = AddSquare(wp, a - value);
                wq = AddSquare(wq, b - value);
            }

            xBest.Take(xp, panel);
            xBest.Take(xq, panel + 1);
            yBest.Take(yp, panel);
            yBest.Take(yq, panel + 1);
            zBest.Take(zp, panel);
            zBest.Take(zq, panel + 1);
            wBest.Take(wp, panel);
            wBest.Take(wq, panel + 1);
        }

        if (panel < tile.PanelCount)
        {
            var p = tile.Panel(panel);
            Vector512<float> xp = default, yp = default, zp = default, wp = default;
            for (nint column = 0; column < columnCount; column++)
            {
                var a = Vector512.Load(p + column * RowPanels.Width);
                xp = AddSquare(xp, a - Vector512.Create(x[column]));
                yp = AddSquare(yp, a - Vector512.Create(y[column]));
                zp = AddSquare(zp, a - Vector512.Create(z[column]));
                wp = AddSquare(wp, a - Vector512.Create(w[column]));
            }

            xBest.Take(xp, panel);
            yBest.Take(yp, panel);
            zBest.Take(zp, panel);
            wBest.Take(wp, panel);
        }

        xBest.Store(tile, first);
        yBest.Store(tile, second);
        zBest.Store(tile, third);
        wBest.Store(tile, fourth);
    }

    private static void FindVector256(in Tile tile, int first, int second, int third, int fourth)
    {
        float* x = tile.Row(first), y = tile.Row(second), z = tile.Row(third), w = tile.Row(fourth);
        Best256 xBest = new(), yBest = new(), zBest = new(), wBest = new();
        nint columnCount = tile.ColumnCount;
        for (var panel = 0; panel < tile.PanelCount; panel++)
        {
            var p = tile.Panel(panel);
            Vector256<float> xl = default, xh = default, yl = default, yh = default;
            Vector256<float> zl = default, zh = default, wl = default, wh = default;
            for (nint column = 0; column < columnCount; column++)
            {
                var low = Vector256.Load(p + column * RowPanels.Width);
                var high = Vector256.Load(p + column * RowPanels.Width + Vector256<float>.Count);
                var value = Vector256.Create(x[column]);
                xl = AddSquare(xl, low - value);
                xh = AddSquare(xh, high - value);
                value = Vector256.Create(y[column]);
                yl = AddSquare(yl, low - value);
                yh = AddSquare(yh, high - value);
                value = Vector256.Create(z[column]);
                zl = AddSquare(zl, low - value);
                zh = AddSquare(zh, high - value);
                value = Vector256.Create(w[column]);
                wl = AddSquare(wl, low - value);
                wh = AddSquare(wh, high - value);
            }

            xBest.Take(xl, xh, panel);
            yBest.Take(yl, yh, panel);
            zBest.Take(zl, zh, panel);
            wBest.Take(wl, wh, panel);
        }

        xBest.Store(tile, first);
        yBest.Store(tile, second);
        zBest.Store(tile, third);
        wBest.Store(tile, fourth);
    }

    private static Vector512<float> AddSquare(Vector512<float> sum, Vector512<float> difference) =>
        Vector512.FusedMultiplyAdd(difference, difference, sum);

    private static Vector256<float> AddSquare(Vector256<float> sum, Vector256<float> difference) =>
        Vector256.FusedMultiplyAdd(difference, difference, sum);

    /// <summary>The least value of eight lanes, and the least place of those that have it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(in Tile tile, int row, Vector256<float> least, Vector256<int> places)
    {
        // Sums of squares are neither NaN nor -0, so the plain instruction is enough.
        var least128 = Vector128.MinNative(least.GetLower(), least.GetUpper());
        least128 = Vector128.MinNative(least128, Vector128.Shuffle(least128, Vector128.Create(2, 3, 0, 1)));
        least128 = Vector128.MinNative(least128, Vector128.Shuffle(least128, Vector128.Create(1, 0, 3, 2)));
        var isLeast = Vector256.Equals(least, Vector256.Create(least128.ToScalar())).AsInt32();
        places = Vector256.ConditionalSelect(isLeast, places, Vector256.Create(int.MaxValue));
        var place = Vector128.Min(places.GetLower(), places.GetUpper());
        place = Vector128.Min(place, Vector128.Shuffle(place, Vector128.Create(2, 3, 0, 1)));
        place = Vector128.Min(place, Vector128.Shuffle(place, Vector128.Create(1, 0, 3, 2)));
        tile.Store(row, least128.ToScalar(), place.ToScalar());
    }

    /// <summary>Takes the lesser of two distances in each lane, on equality the one of the lesser place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Merge(ref Vector256<float> least, ref Vector256<int> places, Vector256<float> others, Vector256<int> otherPlaces)
    {
        var isOther = Vector256.LessThan(others, least).AsInt32()
            | (Vector256.Equals(others, least).AsInt32() & Vector256.LessThan(otherPlaces, places));
        least = Vector256.MinNative(least, others);
        places = Vector256.ConditionalSelect(isOther, otherPlaces, places);
    }

    private struct Best512()
    {
        private Vector512<float> _least = Vector512.Create(float.PositiveInfinity);
        private Vector512<int> _places = Vector512<int>.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(Vector512<float> distances, int panel)
        {
            var isLess = Vector512.LessThan(distances, _least);
            _least = Vector512.ConditionalSelect(isLess, distances, _least);
            _places = Vector512.ConditionalSelect(
                isLess.AsInt32(), Vector512<int>.Indices + Vector512.Create(panel * RowPanels.Width), _places);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(in Tile tile, int row)
        {
            var (least, places) = (_least.GetLower(), _places.GetLower());
            Merge(ref least, ref places, _least.GetUpper(), _places.GetUpper());
            NearestRow.Store(tile, row, least, places);
        }
    }

    private struct Best256()
    {
        private Vector256<float> _least = Vector256.Create(float.PositiveInfinity);
        private Vector256<int> _places = Vector256<int>.Zero;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(Vector256<float> low, Vector256<float> high, int panel)
        {
            var places = Vector256<int>.Indices + Vector256.Create(panel * RowPanels.Width);
            Merge(ref low, ref places, high, places + Vector256.Create(Vector256<float>.Count));
            var isLess = Vector256.LessThan(low, _least);
            _least = Vector256.ConditionalSelect(isLess, low, _least);
            _places = Vector256.ConditionalSelect(isLess.AsInt32(), places, _places);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(in Tile tile, int row) => NearestRow.Store(tile, row, _least, _places);
    }

    private readonly struct Tile(float* rows, float* panels, float* distances, int* nearest, int columnCount, int panelCount)
    {
        public readonly int ColumnCount = columnCount;
        public readonly int PanelCount = panelCount;
        private readonly float* _rows = rows;
        private readonly float* _panels = panels;
        private readonly float* _distances = distances;
        private readonly int* _nearest = nearest;

        public float* Row(int row) => _rows + (nint)row * ColumnCount;

        public float* Panel(int panel) => _panels + (nint)panel * RowPanels.Width * ColumnCount;

        public void Store(int row, float distance, int place)
        {
            _distances[row] = distance;
            _nearest[row] = place;
        }
    }
}
