namespace AnomalyApi.Detection.Kernels;

/// <summary>Rows that many others are compared with, transposed in panels of 16: one lane of a vector is one row. Immutable.</summary>
/// <remarks>
/// Within a panel column follows column, 16 values each. A kernel adds columns in their order, lane by lane, so a distance has the same bits
/// whatever the width of the vectors, and no lane needs to be summed across. Lanes of the last panel that have no row are infinite.
/// </remarks>
internal sealed class RowPanels
{
    /// <summary>Rows in a panel: the floats of the widest vector.</summary>
    public const int Width = 16;

    /// <summary>Copies the rows.</summary>
    /// <exception cref="ArgumentException">The panels would be longer than an array can be.</exception>
    public RowPanels(FeatureMatrix rows)
    {
        RowCount = rows.RowCount;
        ColumnCount = rows.ColumnCount;
        PanelCount = PanelsOf(RowCount);
        var length = (long)PanelCount * Width * ColumnCount;
        if (length > Array.MaxLength)
            throw new ArgumentException($"{RowCount} rows of {ColumnCount} columns are too many to be kept.", nameof(rows));

        Values = new float[length];
        Values.AsSpan().Fill(float.PositiveInfinity);
        for (var row = 0; row < RowCount; row++)
        {
            var values = rows.Row(row);
            var lane = Values.AsSpan(Offset(row));
            for (var column = 0; column < values.Length; column++)
                lane[column * Width] = values[column];
        }
    }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Values in a row.</summary>
    public int ColumnCount { get; }

    /// <summary>Number of panels; the last may be filled in part.</summary>
    public int PanelCount { get; }

    /// <summary>Number of lanes of all panels: the rows, rounded up.</summary>
    public int LaneCount => PanelCount * Width;

    /// <summary>The panels, one after another.</summary>
    public float[] Values { get; }

    /// <summary>Panels that so many rows need.</summary>
    public static int PanelsOf(int rowCount) => rowCount / Width + (rowCount % Width > 0 ? 1 : 0);

    /// <summary>One value.</summary>
    public float At(int row, int column) => Values[Offset(row) + column * Width];

    /// <summary>Copies one row out of its lane.</summary>
    /// <param name="values">Receives <see cref="ColumnCount"/> values.</param>
    public void CopyRow(int row, Span<float> values)
    {
        var lane = Values.AsSpan(Offset(row));
        for (var column = 0; column < values.Length; column++)
            values[column] = lane[column * Width];
    }

    /// <summary>The rows as they were given.</summary>
    public FeatureMatrix ToMatrix()
    {
        var rows = new FeatureMatrix(new float[(long)RowCount * ColumnCount], RowCount, ColumnCount);
        for (var row = 0; row < RowCount; row++)
            CopyRow(row, rows.Row(row));

        return rows;
    }

    private int Offset(int row) => row / Width * Width * ColumnCount + row % Width;
}
