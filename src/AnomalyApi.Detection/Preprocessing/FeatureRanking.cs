using System.Runtime.InteropServices;
using AnomalyApi.Detection.Evaluation;

namespace AnomalyApi.Detection.Preprocessing;

/// <summary>How much each column is worth, by several measures. Thread-safe.</summary>
public static class FeatureRanking
{
    private const int MaxBins = 16;

    /// <summary>Variance of every column after it was brought to the range 0 to 1: at most 0.25, and 0 for a constant.</summary>
    /// <param name="rows">Shape [n, d], n at least 1, finite; NaN, for missing, is left out.</param>
    public static double[] Variance(FeatureMatrix rows)
    {
        var variances = new double[rows.ColumnCount];
        for (var feature = 0; feature < variances.Length; feature++)
        {
            double low = double.PositiveInfinity, high = double.NegativeInfinity, mean = 0;
            var count = 0;
            for (var row = 0; row < rows.RowCount; row++)
            {
                double value = rows.Row(row)[feature];
                if (double.IsNaN(value))
                    continue;

                (low, high) = (Math.Min(low, value), Math.Max(high, value));
                mean += (value - mean) / ++count;
            }

            if (high > low)
                variances[feature] = MeanSquare(rows, feature, mean, count) / ((high - low) * (high - low));
        }

        return variances;
    }

    /// <summary>Mutual information, in nats, between each column, cut at its quantiles into at most 16 bins, and the label. Missing values are
    /// a bin of their own.</summary>
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
            var counts = new int[edges.Length + 2, 2];
            for (var row = 0; row < column.Length; row++)
                counts[BinOf(edges, column[row]), labelled.Label(row) == RowLabel.Anomaly ? 1 : 0]++;

            information[feature] = Information(counts, labelled);
        }

        return information;
    }

    /// <summary>How much of its ROC-AUC a model loses, on average, when the values of one column change places among the rows.</summary>
    /// <remarks>
    /// Breiman, Machine Learning 45, 2001, section 10. About 0 for a column the model does not use, and where another column says the same.
    /// Only on rows the model was not fitted on does it show what the column is good for.
    /// </remarks>
    /// <param name="rows">Shape [n, model.FeatureCount], what the model takes. Rows of unknown label are left out.</param>
    /// <param name="seed">Seed of the shuffles.</param>
    /// <param name="repeats">Shuffles of each column, 1 or more.</param>
    /// <exception cref="ArgumentException">There is no row of one of the two labels.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static double[] PermutationImportance(
        IDetectorModel model, TrainingRows rows, ulong seed, int repeats = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        var labelled = RequireLabels(rows);
        var labels = new RowLabel[labelled.RowCount];
        for (var row = 0; row < labels.Length; row++)
            labels[row] = labelled.Label(row);

        var scores = new float[labels.Length];
        model.Score(labelled.Features, scores, cancellationToken);
        var area = Ranking.RocAuc(scores, labels);

        var shuffled = new FeatureMatrix(labelled.Features.AsSpan().ToArray(), labels.Length, labelled.ColumnCount);
        var column = new float[labels.Length];
        var random = new SeededRandom(seed);
        var importance = new double[labelled.ColumnCount];
        for (var feature = 0; feature < importance.Length; feature++)
        {
            Copy(labelled.Features, feature, column);
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                random.Shuffle<float>(column);
                Put(column, feature, shuffled);
                model.Score(shuffled, scores, cancellationToken);
                importance[feature] += (area - Ranking.RocAuc(scores, labels)) / repeats;
            }

            Copy(labelled.Features, feature, column);
            Put(column, feature, shuffled);
        }

        return importance;
    }

    /// <summary>The permutation importance of a detector fitted on two thirds of the labelled rows, measured on the others; on the same rows
    /// where a label is too rare to be shared.</summary>
    internal static double[] PermutationImportance(IDetector detector, TrainingRows rows, FitSettings settings, CancellationToken ct)
    {
        var labelled = RequireLabels(rows);
        var random = new SeededRandom(settings.Seed);
        List<int> fitted = [], measured = [];
        foreach (var label in new[] { RowLabel.Normal, RowLabel.Anomaly })
        {
            int[] members = [.. Enumerable.Range(0, labelled.RowCount).Where(row => labelled.Label(row) == label)];
            random.Shuffle<int>(members);
            var measuredCount = members.Length == 1 ? 1 : Math.Max(1, members.Length / 3);
            measured.AddRange(members[..measuredCount]);
            fitted.AddRange(members.Length == 1 ? members : members[measuredCount..]);
        }

        // In their order, for a detector may depend on it.
        fitted.Sort();
        var model = detector.Fit(labelled.Pick(CollectionsMarshal.AsSpan(fitted)), settings, ct);
        return PermutationImportance(model, labelled.Pick(CollectionsMarshal.AsSpan(measured)), random.NextUInt64(), cancellationToken: ct);
    }

    private static TrainingRows RequireLabels(TrainingRows rows) =>
        DetectorArguments.CheckLabelledFit(rows, new FitSettings(0), acceptsMissing: true);

    private static void Copy(FeatureMatrix rows, int feature, float[] column)
    {
        for (var row = 0; row < column.Length; row++)
            column[row] = rows.Row(row)[feature];
    }

    private static void Put(float[] column, int feature, FeatureMatrix rows)
    {
        for (var row = 0; row < column.Length; row++)
            rows.Row(row)[feature] = column[row];
    }

    private static double MeanSquare(FeatureMatrix rows, int feature, double mean, int count)
    {
        var sum = 0.0;
        for (var row = 0; row < rows.RowCount; row++)
        {
            var distance = rows.Row(row)[feature] - mean;
            sum += double.IsNaN(distance) ? 0 : distance * distance / count;
        }

        return sum;
    }

    private static float[] Edges(float[] column)
    {
        var sorted = Array.FindAll(column, value => !float.IsNaN(value));
        Array.Sort(sorted);
        if (sorted.Length == 0)
            return [];

        // A value of which there are many is one edge only.
        return [.. Enumerable.Range(1, MaxBins - 1).Select(bin => sorted[(int)((long)bin * sorted.Length / MaxBins)]).Distinct()];
    }

    /// <summary>Number of edges that are not above the value, and one bin more for missing ones.</summary>
    private static int BinOf(float[] edges, float value)
    {
        if (float.IsNaN(value))
            return edges.Length + 1;

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
