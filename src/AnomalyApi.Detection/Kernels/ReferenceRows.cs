using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Kernels;

/// <summary>Chooses the rows a model keeps to compare others with.</summary>
internal static class ReferenceRows
{
    /// <summary>All rows when they are no more than allowed, otherwise a random sample without replacement; in their order and bounded.</summary>
    public static FeatureMatrix Choose(FeatureMatrix rows, int maxRows, ulong seed)
    {
        if (rows.RowCount <= maxRows)
            return BoundedRows.Copy(rows);

        // Knuth, The Art of Computer Programming 2, algorithm 3.4.2S: each row with the chance (still wanted) / (still to come).
        var random = new SeededRandom(seed);
        var chosen = new int[maxRows];
        for (int row = 0, count = 0; count < maxRows; row++)
        {
            if (random.NextBelow(rows.RowCount - row) < maxRows - count)
                chosen[count++] = row;
        }

        return BoundedRows.Copy(rows.Pick(chosen));
    }

    /// <summary>Writes the rows row by row, without the lanes that have none.</summary>
    public static void Write(RowPanels references, ModelSectionWriter writer)
    {
        writer.WriteInt32(references.RowCount);
        writer.WriteInt32(references.ColumnCount);
        writer.WriteArray<float>(references.ToMatrix().AsSpan());
    }

    /// <summary>Reads what <see cref="Write"/> wrote: at least one row, every value within the bound.</summary>
    /// <exception cref="ModelFileException">The counts do not fit the values, or a value is out of bounds.</exception>
    public static RowPanels Read(ModelSectionReader reader)
    {
        var rowCount = reader.ReadInt32(1, int.MaxValue, "reference row count");
        var columnCount = reader.ReadInt32(1, int.MaxValue, "feature count");
        var values = reader.ReadArray<float>();
        if (values.Length != (long)rowCount * columnCount)
            throw new ModelFileException($"{values.Length} values are no {rowCount} reference rows of {columnCount} features.");

        if ((long)RowPanels.PanelsOf(rowCount) * RowPanels.Width * columnCount > Array.MaxLength)
            throw new ModelFileException($"{rowCount} reference rows of {columnCount} features are more than this program can hold.");

        var bound = BoundedRows.Bound(columnCount);
        foreach (var value in values)
        {
            if (!(Math.Abs(value) <= bound))
                throw new ModelFileException($"A value of a reference row is {value}; allowed is {-bound} to {bound}.");
        }

        return new RowPanels(new FeatureMatrix(values, rowCount, columnCount));
    }
}
