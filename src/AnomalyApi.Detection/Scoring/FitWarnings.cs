using System.Globalization;
using System.Runtime.InteropServices;
using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Detection.Scoring;

/// <summary>Looks at fitting rows for signs that most of them are not normal, and at scores for signs that a model tells nothing apart. A detector without
/// labels takes what is common for normal; where attacks are common it calls normal traffic anomalous. Thread-safe.</summary>
/// <remarks>
/// With labels their share says it. Without, all that shows is repetition: floods, scans and beacons are made by programs, and their flows are
/// copies of each other. What is measured is the share of rows that have a near copy in a sample of <see cref="SampleRows"/> rows. Measured values:
/// NSL-KDD normal 0.23, UNSW-NB15 normal 0.10, benign Zeek flows of two machines 0.19 and 0.21; with 5 % attacks 0.26 and 0.11; mixed with about
/// half attacks NSL-KDD 0.37, UNSW-NB15 0.32, Zeek 0.38 and 0.54; scans and beacons alone 0.84 to 0.99. So it is a hint and no proof: a quiet
/// network of devices that repeat themselves (0.73 in a home) raises it too, attacks by hand do not, and with few columns every row has copies, so
/// it is not looked at.
/// </remarks>
public static class FitWarnings
{
    /// <summary>Rows in which copies are looked for; more would find more copies.</summary>
    public const int SampleRows = 4096;

    private const double EqualShare = 0.95;
    private const int MinScores = 20;
    private const double LabelledShare = 0.3;
    private const double RepeatedShare = 0.28;
    private const int MinRows = 500;
    private const int MinColumns = 16;

    // In standard deviations.
    private const double CellWidth = 0.25;

    /// <summary>What speaks against fitting a detector without labels on these rows, one sentence each; empty when nothing does.</summary>
    /// <param name="rows">Shape [n, d], numeric, with labels when there are some; NaN stands for missing.</param>
    /// <param name="seed">Seed of the sample.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IReadOnlyList<string> Of(TrainingRows rows, ulong seed, CancellationToken ct)
    {
        var warnings = new List<string>();
        var (normals, anomalies) = (rows.Count(RowLabel.Normal), rows.Count(RowLabel.Anomaly));
        var share = anomalies / (double)Math.Max(1, normals + anomalies);
        if (share >= LabelledShare)
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{share:P0} of the labelled fitting rows are anomalous: a detector that takes what is common for normal may call normal rows anomalous. Fit on normal rows, or with labels."));
        }

        // Labels are better evidence than repetition.
        if (normals + anomalies == 0 && RepetitionOf(rows.Features, seed, ct) is var repeated && repeated >= RepeatedShare)
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{repeated:P0} of the fitting rows are near copies of others, as floods and scans are. If these are attacks, they will be taken for normal and normal rows for anomalies; look at the most frequent rows before trusting the scores."));
        }

        return warnings;
    }

    /// <summary>What speaks against a fitted model: 95 % or more of the rows it was to be calibrated on have the same raw score, so it tells nothing apart.</summary>
    /// <remarks>Fewer than 20 scores say nothing.</remarks>
    /// <param name="rawScores">Raw scores of rows it was not fitted on, in any order. Not changed.</param>
    public static IReadOnlyList<string> OfScores(ReadOnlySpan<float> rawScores)
    {
        if (rawScores.Length < MinScores)
            return [];

        var sorted = rawScores.ToArray();
        sorted.AsSpan().Sort();

        // A score that more than half of the rows share is the one in the middle.
        var equal = sorted.AsSpan().Count(sorted[sorted.Length / 2]);
        var share = equal / (double)sorted.Length;
        return share < EqualShare
            ? []
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{share:P0} of the rows the model was calibrated on have the same raw score: it hardly tells rows apart. An option may be far too large or too small for them, or all rows are alike."),
            ];
    }

    /// <summary>Share of the rows that have a near copy in a sample; 0 for fewer than 500 rows or fewer than 16 columns that vary.</summary>
    /// <remarks>Near copies fall into the same cell of a grid a quarter of a standard deviation wide.</remarks>
    internal static double RepetitionOf(FeatureMatrix rows, ulong seed, CancellationToken ct)
    {
        if (rows.RowCount < MinRows)
            return 0;

        int[] order = [.. Enumerable.Range(0, rows.RowCount)];
        new SeededRandom(seed).Shuffle(order.AsSpan());
        var sample = rows.Pick(order.AsSpan(0, Math.Min(SampleRows, order.Length)));
        var scaled = Preparation.Fit(sample, kinds: null, PreparationOptions.Standard, ct).Apply(sample);
        if (VaryingColumns(scaled) < MinColumns)
            return 0;

        var cells = new Dictionary<(ulong, ulong), int>();
        var keys = new (ulong, ulong)[scaled.RowCount];
        var cell = new int[scaled.ColumnCount];
        for (var row = 0; row < keys.Length; row++)
        {
            ct.ThrowIfCancellationRequested();
            for (var column = 0; column < cell.Length; column++)
                cell[column] = (int)Math.Clamp(Math.Round(scaled.Row(row)[column] / CellWidth), int.MinValue, int.MaxValue);

            keys[row] = KeyOf(cell);
            CollectionsMarshal.GetValueRefOrAddDefault(cells, keys[row], out _)++;
        }

        return keys.Count(key => cells[key] > 1) / (double)keys.Length;
    }

    private static int VaryingColumns(FeatureMatrix scaled)
    {
        var varying = 0;
        for (var column = 0; column < scaled.ColumnCount; column++)
        {
            var row = 1;
            while (row < scaled.RowCount && scaled.Row(row)[column] == scaled.Row(0)[column])
                row++;

            varying += row < scaled.RowCount ? 1 : 0;
        }

        return varying;
    }

    /// <summary>Two hashes of the cell: two different ones out of a few thousand never share both.</summary>
    private static (ulong, ulong) KeyOf(int[] cell)
    {
        ulong first = 0xCBF29CE484222325, second = 0;
        foreach (var place in cell)
        {
            first = (first ^ (uint)place) * 0x100000001B3;
            second = new SeededRandom(second ^ (uint)place).NextUInt64();
        }

        return (first, second);
    }
}
