namespace AnomalyApi.Detection.Detectors;

/// <summary>Draws what each member of a <see cref="Bagging"/> is fitted on.</summary>
internal static class BaggingSample
{
    /// <summary>Draws rows; when asked for, of each label its share, and at least one.</summary>
    /// <returns>Indices of rows, ascending, some of them more than once with replacement.</returns>
    public static int[] Rows(TrainingRows rows, double share, bool withReplacement, bool byLabel, ref SeededRandom random)
    {
        var drawn = new List<int>();
        if (!byLabel)
        {
            Draw(Enumerable.Range(0, rows.RowCount), drawn, share, withReplacement, ref random);
        }
        else
        {
            foreach (var label in Enum.GetValues<RowLabel>())
            {
                var ofLabel = Enumerable.Range(0, rows.RowCount).Where(row => rows.Label(row) == label);
                Draw(ofLabel, drawn, share, withReplacement, ref random);
            }
        }

        drawn.Sort();
        return [.. drawn];
    }

    /// <summary>Draws columns without replacement.</summary>
    /// <returns>Indices of columns, ascending, at least one.</returns>
    public static int[] Columns(int columnCount, double share, ref SeededRandom random)
    {
        var drawn = new List<int>();
        Draw(Enumerable.Range(0, columnCount), drawn, share, withReplacement: false, ref random);
        drawn.Sort();
        return [.. drawn];
    }

    /// <summary>Some columns of some rows.</summary>
    /// <param name="picked">Receives shape [rowCount, columns.Length].</param>
    public static void Project(FeatureMatrix rows, int firstRow, int rowCount, int[] columns, Span<float> picked)
    {
        for (var row = 0; row < rowCount; row++)
        {
            var from = rows.Row(firstRow + row);
            var to = picked.Slice(row * columns.Length, columns.Length);
            for (var column = 0; column < to.Length; column++)
                to[column] = from[columns[column]];
        }
    }

    private static void Draw(IEnumerable<int> from, List<int> drawn, double share, bool withReplacement, ref SeededRandom random)
    {
        int[] all = [.. from];
        if (all.Length == 0)
            return;

        var count = Math.Max(1, (int)Math.Round(share * all.Length));
        if (withReplacement)
        {
            for (var i = 0; i < count; i++)
                drawn.Add(all[random.NextBelow(all.Length)]);
        }
        else
        {
            random.Shuffle<int>(all);
            drawn.AddRange(all.AsSpan(0, count));
        }
    }
}
