namespace AnomalyApi.Detection.Preprocessing;

/// <summary>How much each column is worth, by several measures. Thread-safe.</summary>
public static class FeatureRanking
{
    private const int MaxBins = 16;

    /// <summary>The importance of every column by the named measure; higher is better.</summary>
    /// <param name="rows">Shape [n, d], n at least 1, all finite.</param>
    /// <exception cref="ArgumentException">The measure needs labels and one of the two is not there.</exception>
    public static double[] Of(FeatureSelection measure, TrainingRows rows) => measure switch
    {
        FeatureSelection.Variance => Variance(rows.Features),
        _ => MutualInformation(rows),
    };

    /// <summary>Variance of every column after it was brought to the range 0 to 1: at most 0.25, and 0 for a constant.</summary>
    /// <param name="rows">Shape [n, d], n at least 1, all finite.</param>
    public static double[] Variance(FeatureMatrix rows)
    {
        var variances = new double[rows.ColumnCount];
        var column = new float[rows.RowCount];
        for (var feature = 0; feature < variances.Length; feature++)
        {
            Copy(rows, feature, column);
            double low = column.Min(), range = column.Max() - low;
            if (range == 0)
                continue;

            var mean = column.Average(value => (value - low) / range);
            variances[feature] = column.Average(value => Math.Pow((value - low) / range - mean, 2));
        }

        return variances;
    }

    /// <summary>Mutual information, in nats, between each column, cut at its quantiles into at most 16 bins, and the label.</summary>
    /// <remarks>Cover and Thomas, Elements of Information Theory, 2006, equation 2.28. Rows of unknown label are left out.</remarks>
    /// <exception cref="ArgumentException">There is no row of one of the two labels.</exception>
    public static double[] MutualInformation(TrainingRows rows)
    {
        var labelled = RequireLabels(rows);
        var information = new double[labelled.ColumnCount];
        var column = new float[labelled.RowCount];
        for (var feature = 0; feature < information.Length; feature++)
        {
            Copy(labelled.Features, feature, column);
            var edges = Edges(column);
            var counts = new int[edges.Length + 1, 2];
            for (var row = 0; row < column.Length; row++)
                counts[BinOf(edges, column[row]), labelled.Label(row) == RowLabel.Anomaly ? 1 : 0]++;

            information[feature] = Information(counts, labelled);
        }

        return information;
    }

    private static TrainingRows RequireLabels(TrainingRows rows) =>
        DetectorArguments.CheckLabelledFit(rows, new FitSettings(0));

    private static void Copy(FeatureMatrix rows, int feature, float[] column)
    {
        for (var row = 0; row < column.Length; row++)
            column[row] = rows.Row(row)[feature];
    }

    private static float[] Edges(float[] column)
    {
        var sorted = column.ToArray();
        Array.Sort(sorted);

        // A value of which there are many is one edge only.
        return [.. Enumerable.Range(1, MaxBins - 1).Select(bin => sorted[(int)((long)bin * sorted.Length / MaxBins)]).Distinct()];
    }

    /// <summary>Number of edges that are not above the value.</summary>
    private static int BinOf(float[] edges, float value)
    {
        var place = Array.BinarySearch(edges, value);
        return place < 0 ? ~place : place + 1;
    }

    private static double Information(int[,] counts, TrainingRows rows)
    {
        double total = rows.RowCount, sum = 0;
        int[] labels = [rows.Count(RowLabel.Normal), rows.Count(RowLabel.Anomaly)];
        for (var bin = 0; bin < counts.GetLength(0); bin++)
        {
            double inBin = counts[bin, 0] + counts[bin, 1];
            for (var label = 0; label < 2; label++)
            {
                if (counts[bin, label] > 0)
                    sum += counts[bin, label] / total * Math.Log(counts[bin, label] * total / (inBin * labels[label]));
            }
        }

        return sum;
    }
}
