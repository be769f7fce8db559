using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Kernels;

/// <summary>Squared Euclidean distances between rows and reference rows.</summary>
/// <remarks>
/// The differences are squared and summed. The other way, |x|^2 - 2 x y + |y|^2, has fewer operations but cancels: near neighbours of rows
/// far from the origin would get distances of pure rounding. Four rows meet four panels at a time, sixteen sums in registers, so that each
/// load serves four of them. A distance depends on its two rows alone, whatever stands beside them: it is the sum over the columns, in
/// their order, of one fused multiply-add in single precision each. It is infinite on overflow and NaN only if a value was.
/// </remarks>
internal static unsafe class SquaredDistances
{
    /// <summary>Distances of some rows to the reference rows of some panels.</summary>
    /// <param name="firstPanel">The first panel to compare with.</param>
    /// <param name="panelCount">Number of panels to compare with.</param>
    /// <param name="rows">Shape [n, columns of the references].</param>
    /// <param name="distances">Receives shape [n, panelCount * 16]. Lanes without a reference row get infinity, or NaN from a row that is
    /// not finite.</param>
    /// <exception cref="ArgumentException">A shape does not fit the others.</exception>
    public static void Compute(
        RowPanels references, int firstPanel, int panelCount, ReadOnlySpan<float> rows, Span<float> distances, DistanceKernel kernel)
    {
        var rowCount = rows.Length / references.ColumnCount;
        ArgumentOutOfRangeException.ThrowIfNegative(firstPanel);
        ArgumentOutOfRangeException.ThrowIfNegative(panelCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(panelCount, references.PanelCount - firstPanel);
        if (rows.Length % references.ColumnCount != 0)
            throw new ArgumentException($"{rows.Length} values are no rows of {references.ColumnCount} columns.", nameof(rows));

        if (distances.Length != (long)rowCount * panelCount * RowPanels.Width)
            throw new ArgumentException($"There is room for {distances.Length} distances of {rowCount} rows to {panelCount} panels.", nameof(distances));

        fixed (float* values = references.Values, allRows = rows, allDistances = distances)
        {
            var panels = values + (nint)firstPanel * RowPanels.Width * references.ColumnCount;
            var tile = new Tile(allRows, panels, allDistances, references.ColumnCount, panelCount);
            if (kernel == DistanceKernel.Vector512)
                ComputeVector512(tile, rowCount);
            else if (kernel == DistanceKernel.Vector256)
                ComputeVector256(tile, rowCount);
            else
                ComputeScalar(tile, rowCount);
        }
    }

    /// <summary>Distances of some rows to all reference rows by the fastest kernel.</summary>
    /// <param name="rows">Shape [n, columns of the references].</param>
    /// <param name="distances">Receives shape [n, lanes of the references].</param>
    public static void Compute(RowPanels references, ReadOnlySpan<float> rows, Span<float> distances) =>
        Compute(references, 0, references.PanelCount, rows, distances, DistanceKernels.Fastest);

    /// <summary>The distance of two rows of equal length, with the bits the kernels give.</summary>
    public static float Between(ReadOnlySpan<float> row, ReadOnlySpan<float> other)
    {
        var sum = 0f;
        for (var column = 0; column < row.Length; column++)
        {
            var difference = other[column] - row[column];
            sum = MathF.FusedMultiplyAdd(difference, difference, sum);
        }

        return sum;
    }

    private static void ComputeScalar(in Tile tile, int rowCount)
    {
        for (var row = 0; row < rowCount; row++)
        {
            var values = tile.Row(row);
            for (var panel = 0; panel < tile.PanelCount; panel++)
            {
                for (var lane = 0; lane < RowPanels.Width; lane++)
                {
                    var sum = 0f;
                    for (var column = 0; column < tile.ColumnCount; column++)
                    {
                        var difference = tile.Panel(panel)[column * RowPanels.Width + lane] - values[column];
                        sum = MathF.FusedMultiplyAdd(difference, difference, sum);
                    }

                    tile.Distances(row, panel)[lane] = sum;
                }
            }
        }
    }

    private static void ComputeVector512(in Tile tile, int rowCount)
    {
        var row = 0;
        for (; row + 4 <= rowCount; row += 4)
        {
            var panel = 0;
            for (; panel + 4 <= tile.PanelCount; panel += 4)
                FourRowsFourPanels512(tile, row, panel);

            for (; panel < tile.PanelCount; panel++)
                FourRowsOnePanel512(tile, row, panel);
        }

        for (; row < rowCount; row++)
        {
            var panel = 0;
            for (; panel + 4 <= tile.PanelCount; panel += 4)
                OneRowFourPanels512(tile, row, panel);

            for (; panel < tile.PanelCount; panel++)
                OneRowOnePanel512(tile, row, panel);
        }
    }

    private static void FourRowsFourPanels512(in Tile tile, int row, int panel)
    {
        float* x = tile.Row(row), y = tile.Row(row + 1), z = tile.Row(row + 2), w = tile.Row(row + 3);
        float* p = tile.Panel(panel), q = tile.Panel(panel + 1), r = tile.Panel(panel + 2), s = tile.Panel(panel + 3);
        Vector512<float> xp = default, xq = default, xr = default, xs = default;
        Vector512<float> yp = default, yq = default, yr = default, ys = default;
        Vector512<float> zp = default, zq = default, zr = default, zs = default;
        Vector512<float> wp = default, wq = default, wr = default, ws = default;
        nint columnCount = tile.ColumnCount;
        for (nint column = 0; column < columnCount; column++)
        {
            var a = Vector512.Load(p + column * RowPanels.Width);
            var b = Vector512.Load(q + column * RowPanels.Width);
            var c = Vector512.Load(r + column * RowPanels.Width);
            var d = Vector512.Load(s + column * RowPanels.Width);
            var value = Vector512.Create(x[column]);
            xp = AddSquare(xp, a - value);
            xq = AddSquare(xq, b - value);
            xr = AddSquare(xr, c - value);
            xs = AddSquare(xs, d - value);
            value = Vector512.Create(y[column]);
            yp = AddSquare(yp, a - value);
            yq = AddSquare(yq, b - value);
            yr = AddSquare(yr, c - value);
            ys = AddSquare(ys, d - value);
            value = Vector512.Create(z[column]);
            zp = AddSquare(zp, a - value);
            zq = AddSquare(zq, b - value);
            zr = AddSquare(zr, c - value);
            zs = AddSquare(zs, d - value);
            value = Vector512.Create(w[column]);
            wp = AddSquare(wp, a - value);
            wq = AddSquare(wq, b - value);
            wr = AddSquare(wr, c - value);
            ws = AddSquare(ws, d - value);
        }

        Store(tile.Distances(row, panel), xp, xq, xr, xs);
        Store(tile.Distances(row + 1, panel), yp, yq, yr, ys);
        Store(tile.Distances(row + 2, panel), zp, zq, zr, zs);
        Store(tile.Distances(row + 3, panel), wp, wq, wr, ws);
    }

    private static void FourRowsOnePanel512(in Tile tile, int row, int panel)
    {
        float* x = tile.Row(row), y = tile.Row(row + 1), z = tile.Row(row + 2), w = tile.Row(row + 3), p = tile.Panel(panel);
        Vector512<float> xp = default, yp = default, zp = default, wp = default;
        nint columnCount = tile.ColumnCount;
        for (nint column = 0; column < columnCount; column++)
        {
            var a = Vector512.Load(p + column * RowPanels.Width);
            xp = AddSquare(xp, a - Vector512.Create(x[column]));
            yp = AddSquare(yp, a - Vector512.Create(y[column]));
            zp = AddSquare(zp, a - Vector512.Create(z[column]));
            wp = AddSquare(wp, a - Vector512.Create(w[column]));
        }

        xp.Store(tile.Distances(row, panel));
        yp.Store(tile.Distances(row + 1, panel));
        zp.Store(tile.Distances(row + 2, panel));
        wp.Store(tile.Distances(row + 3, panel));
    }

    private static void OneRowFourPanels512(in Tile tile, int row, int panel)
    {
        float* x = tile.Row(row);
        float* p = tile.Panel(panel), q = tile.Panel(panel + 1), r = tile.Panel(panel + 2), s = tile.Panel(panel + 3);
        Vector512<float> xp = default, xq = default, xr = default, xs = default;
        nint columnCount = tile.ColumnCount;
        for (nint column = 0; column < columnCount; column++)
        {
            var value = Vector512.Create(x[column]);
            xp = AddSquare(xp, Vector512.Load(p + column * RowPanels.Width) - value);
            xq = AddSquare(xq, Vector512.Load(q + column * RowPanels.Width) - value);
            xr = AddSquare(xr, Vector512.Load(r + column * RowPanels.Width) - value);
            xs = AddSquare(xs, Vector512.Load(s + column * RowPanels.Width) - value);
        }

        Store(tile.Distances(row, panel), xp, xq, xr, xs);
    }

    private static void OneRowOnePanel512(in Tile tile, int row, int panel)
    {
        float* x = tile.Row(row), p = tile.Panel(panel);
        Vector512<float> xp = default;
        nint columnCount = tile.ColumnCount;
        for (nint column = 0; column < columnCount; column++)
            xp = AddSquare(xp, Vector512.Load(p + column * RowPanels.Width) - Vector512.Create(x[column]));

        xp.Store(tile.Distances(row, panel));
    }

    private static void Store(float* distances, Vector512<float> p, Vector512<float> q, Vector512<float> r, Vector512<float> s)
    {
        p.Store(distances);
        q.Store(distances + RowPanels.Width);
        r.Store(distances + 2 * RowPanels.Width);
        s.Store(distances + 3 * RowPanels.Width);
    }

    private static void ComputeVector256(in Tile tile, int rowCount)
    {
        // Sixteen registers hold four rows and one panel of two vectors.
        for (var panel = 0; panel < tile.PanelCount; panel++)
        {
            var row = 0;
            for (; row + 4 <= rowCount; row += 4)
                FourRows256(tile, row, panel);

            for (; row < rowCount; row++)
                OneRow256(tile, row, panel);
        }
    }

    private static void FourRows256(in Tile tile, int row, int panel)
    {
        float* x = tile.Row(row), y = tile.Row(row + 1), z = tile.Row(row + 2), w = tile.Row(row + 3), p = tile.Panel(panel);
        Vector256<float> xl = default, xh = default, yl = default, yh = default;
        Vector256<float> zl = default, zh = default, wl = default, wh = default;
        nint columnCount = tile.ColumnCount;
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

        Store(tile.Distances(row, panel), xl, xh);
        Store(tile.Distances(row + 1, panel), yl, yh);
        Store(tile.Distances(row + 2, panel), zl, zh);
        Store(tile.Distances(row + 3, panel), wl, wh);
    }

    private static void OneRow256(in Tile tile, int row, int panel)
    {
        float* x = tile.Row(row), p = tile.Panel(panel);
        Vector256<float> xl = default, xh = default;
        nint columnCount = tile.ColumnCount;
        for (nint column = 0; column < columnCount; column++)
        {
            var value = Vector256.Create(x[column]);
            xl = AddSquare(xl, Vector256.Load(p + column * RowPanels.Width) - value);
            xh = AddSquare(xh, Vector256.Load(p + column * RowPanels.Width + Vector256<float>.Count) - value);
        }

        Store(tile.Distances(row, panel), xl, xh);
    }

    private static void Store(float* distances, Vector256<float> low, Vector256<float> high)
    {
        low.Store(distances);
        high.Store(distances + Vector256<float>.Count);
    }

    private static Vector512<float> AddSquare(Vector512<float> sum, Vector512<float> difference) =>
        Vector512.FusedMultiplyAdd(difference, difference, sum);

    private static Vector256<float> AddSquare(Vector256<float> sum, Vector256<float> difference) =>
        Vector256.FusedMultiplyAdd(difference, difference, sum);

    private readonly struct Tile(float* rows, float* panels, float* distances, int columnCount, int panelCount)
    {
        public readonly int ColumnCount = columnCount;
        public readonly int PanelCount = panelCount;
        private readonly float* _rows = rows;
        private readonly float* _panels = panels;
        private readonly float* _distances = distances;

        public float* Row(int row) => _rows + (nint)row * ColumnCount;

        public float* Panel(int panel) => _panels + (nint)panel * RowPanels.Width * ColumnCount;

        public float* Distances(int row, int panel) => _distances + ((nint)row * PanelCount + panel) * RowPanels.Width;
    }
}
