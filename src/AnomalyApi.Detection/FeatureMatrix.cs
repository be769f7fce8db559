namespace AnomalyApi.Detection;

/// <summary>Rows of features, row-major: row <c>i</c> occupies <c>ColumnCount</c> consecutive values.</summary>
/// <remarks>A view over a caller's array, cheap to copy. Concurrent reads are safe while nobody writes the array.</remarks>
public readonly struct FeatureMatrix
{
    /// <summary>Wraps the first <c>rowCount * columnCount</c> elements of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The array is too short for the shape.</exception>
    public FeatureMatrix(float[] values, int rowCount, int columnCount)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columnCount);
        if (values.Length < (long)rowCount * columnCount)
        {
            throw new ArgumentException(
                $"{values.Length} values cannot hold {rowCount} rows of {columnCount} columns.", nameof(values));
        }

        Values = values;
        RowCount = rowCount;
        ColumnCount = columnCount;
    }

    /// <summary>The backing array; it may be longer than the matrix.</summary>
    public float[] Values { get; }

    /// <summary>Number of rows, 0 or more.</summary>
    public int RowCount { get; }

    /// <summary>Number of columns, 1 or more.</summary>
    public int ColumnCount { get; }

    /// <summary>One row, <see cref="ColumnCount"/> long and writable.</summary>
    public Span<float> Row(int row) => Values.AsSpan(row * ColumnCount, ColumnCount);

    /// <summary>All rows, one after another.</summary>
    public Span<float> AsSpan() => Values.AsSpan(0, RowCount * ColumnCount);

    /// <summary>A new matrix that holds copies of the rows named by <paramref name="rows"/>, in that order.</summary>
    public FeatureMatrix Pick(ReadOnlySpan<int> rows)
    {
        var picked = new float[rows.Length * ColumnCount];
        for (var i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(picked.AsSpan(i * ColumnCount));
        }

        return new FeatureMatrix(picked, rows.Length, ColumnCount);
    }
}
