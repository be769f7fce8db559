using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Sampling;

/// <summary>Makes up rows on the lines between rows and their nearest neighbours.</summary>
/// <remarks>
/// Chawla, Bowyer, Hall and Kegelmeyer, SMOTE: Synthetic Minority Over-sampling Technique, JAIR 16, 2002, figure 3, with one random share of
/// the way for all columns of a row, so that it lies on the line. Columns should have a common scale.
/// </remarks>
internal static class Smote
{
    /// <summary>Makes up rows; each row is where as many of them begin as of any other, give or take one.</summary>
    /// <param name="rows">At least one. A single row can only be repeated.</param>
    /// <param name="count">Rows to make, 1 or more.</param>
    /// <param name="neighbours">k, 1 or more; all others when there are fewer.</param>
    /// <param name="maxThreads">Threads that look for neighbours; the rows do not depend on it.</param>
    public static FeatureMatrix Make(
        FeatureMatrix rows, int count, int neighbours, int maxThreads, ref SeededRandom random, CancellationToken cancellationToken)
    {
        var made = new FeatureMatrix(new float[(long)count * rows.ColumnCount], count, rows.ColumnCount);
        var bounded = BoundedRows.Copy(rows);
        neighbours = Math.Min(neighbours, rows.RowCount - 1);
        var graph = NeighbourGraph.Find(
            bounded, new RowPanels(bounded), neighbours, roundingBits: 0, maxThreads, onProgress: _ => { }, cancellationToken);
        var next = 0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = Begins(count, rows.RowCount, row); i > 0; i--)
            {
                var other = neighbours > 0 ? graph.Neighbours(row)[random.NextBelow(neighbours)] : row;
                Between(rows.Row(row), rows.Row(other), (float)random.NextDouble(), made.Row(next++));
            }
        }

        return made;
    }

    /// <summary>How many rows begin at one: spread evenly over the rows.</summary>
    private static int Begins(int count, int rowCount, int row) => (int)((row + 1L) * count / rowCount - (long)row * count / rowCount);

    private static void Between(ReadOnlySpan<float> row, ReadOnlySpan<float> other, float share, Span<float> made)
    {
        for (var column = 0; column < made.Length; column++)
        {
            // The plain form of the sum would overflow between huge values of opposite sign. Missing here stays missing; missing there
            // leaves the value as it is.
            made[column] = float.IsNaN(other[column]) ? row[column] : row[column] * (1 - share) + other[column] * share;
        }
    }
}
