using System.Runtime.InteropServices;

namespace AnomalyApi.Detection.Evaluation;

/// <summary>Ways to divide rows into those that are learned from and those that are tested. The same arguments always give the same split.
/// Thread-safe.</summary>
/// <remarks>A random split flatters: rows of one attack, or copies of one row, stand on both sides. Where time, hosts or copies are known, split
/// by them.</remarks>
public static class Splits
{
    /// <summary>Most rows of which each may be left out in turn; more would be as many fits.</summary>
    public const int MaxLeaveOneOutRows = 2000;

    /// <summary>Tests a random share of the rows of every label.</summary>
    /// <param name="labels">One label a row; rows of unknown label are a kind of their own.</param>
    /// <param name="testShare">Above 0 and below 1. Of n rows of one label, n times that, rounded, are tested; but neither side goes without when
    /// there are 2 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    public static RowSplit HoldOut(ReadOnlySpan<RowLabel> labels, double testShare, ulong seed)
    {
        CheckShare(testShare);
        var random = new SeededRandom(seed);
        var isTest = new bool[labels.Length];
        foreach (var rows in ShuffledByLabel(labels, ref random))
        {
            foreach (var row in rows.AsSpan(0, CountOf(rows.Length, testShare)))
                isTest[row] = true;
        }

        return ByBits(isTest);
    }

    /// <summary>Tests every row once, in as many splits as folds; each fold has its part of every label, within one row.</summary>
    /// <param name="labels">One label a row.</param>
    /// <param name="folds">2 to the number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of folds is out of range.</exception>
    public static IReadOnlyList<RowSplit> KFold(ReadOnlySpan<RowLabel> labels, int folds, ulong seed)
    {
        CheckFolds(folds, labels.Length);
        var random = new SeededRandom(seed);
        var foldOfRow = new int[labels.Length];

        // Dealt like cards. One label goes on where the one before ended, so that the folds also have equal size within one row.
        var next = 0;
        foreach (var rows in ShuffledByLabel(labels, ref random))
        {
            foreach (var row in rows)
                foldOfRow[row] = next++ % folds;
        }

        return OfFolds(foldOfRow, folds);
    }

    /// <summary>Tests every row alone, fitted on all others.</summary>
    /// <param name="rowCount">2 to <see cref="MaxLeaveOneOutRows"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few or too many rows; the text says what to do instead.</exception>
    public static IReadOnlyList<RowSplit> LeaveOneOut(int rowCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowCount, 2);
        if (rowCount > MaxLeaveOneOutRows)
        {
            throw new ArgumentOutOfRangeException(
                nameof(rowCount),
                rowCount,
                $"Leaving out each of {rowCount} rows takes as many fits; at most {MaxLeaveOneOutRows} are allowed. Use k folds instead.");
        }

        int[] foldOfRow = [.. Enumerable.Range(0, rowCount)];
        return OfFolds(foldOfRow, rowCount);
    }

    /// <summary>Tests the latest rows, fitted on all before them. Rows of the same time stay on one side, the earlier one.</summary>
    /// <param name="times">One time a row, in any unit and any order.</param>
    /// <param name="testShare">Share of the rows tested, above 0 and below 1; less where equal times force it.</param>
    /// <exception cref="ArgumentException">The share is out of range, or there are no two times to cut between.</exception>
    public static RowSplit ByTime(ReadOnlySpan<long> times, double testShare)
    {
        CheckShare(testShare);
        var sorted = times.ToArray();
        Array.Sort(sorted);
        if (sorted.Length < 2 || sorted[0] == sorted[^1])
            throw new ArgumentException($"All {sorted.Length} rows have the same time; there is no earlier and later.", nameof(times));

        // Rows later than this are tested. When that would be none, the rows of the latest time are.
        var last = sorted[sorted.Length - CountOf(sorted.Length, testShare) - 1];
        if (last == sorted[^1])
            last = sorted[sorted.AsSpan().IndexOf(last) - 1];

        var isTest = new bool[times.Length];
        for (var row = 0; row < isTest.Length; row++)
            isTest[row] = times[row] > last;

        return ByBits(isTest);
    }

    /// <summary>Tests whole groups, for example hosts: no group is on both sides.</summary>
    /// <remarks>Groups are taken in random order, each tested when that brings the number of tested rows closer to the share; labels are not
    /// looked at, because groups differ in them.</remarks>
    /// <param name="groups">One group number a row.</param>
    /// <param name="testShare">Share of the rows tested, above 0 and below 1; met as closely as whole groups allow.</param>
    /// <exception cref="ArgumentException">The share is out of range, or there are fewer than 2 groups.</exception>
    public static RowSplit ByGroup(ReadOnlySpan<int> groups, double testShare, ulong seed)
    {
        CheckShare(testShare);
        var sizes = new SortedDictionary<int, int>();
        foreach (var group in groups)
            sizes[group] = sizes.GetValueOrDefault(group) + 1;

        if (sizes.Count < 2)
            throw new ArgumentException($"There are {sizes.Count} groups; at least 2 are needed to test on other groups than those fitted on.", nameof(groups));

        int[] order = [.. sizes.Keys];
        new SeededRandom(seed).Shuffle(order.AsSpan());
        var tested = new HashSet<int>();
        var missing = testShare * groups.Length;
        foreach (var group in order.AsSpan(0, order.Length - 1))
        {
            if (Math.Abs(missing - sizes[group]) >= missing)
                continue;

            tested.Add(group);
            missing -= sizes[group];
        }

        // Every group but the last was larger than twice the share.
        if (tested.Count == 0)
            tested.Add(order.MinBy(group => sizes[group]));

        var isTest = new bool[groups.Length];
        for (var row = 0; row < isTest.Length; row++)
            isTest[row] = tested.Contains(groups[row]);

        return ByBits(isTest);
    }

    /// <summary>Fits on a random half of the normal rows; tests the other half and all anomalies.</summary>
    /// <param name="labels">One label a row, at least 2 of them normal; rows of unknown label are on neither side.</param>
    /// <exception cref="ArgumentException">There are not two normal rows.</exception>
    public static RowSplit OneClass(ReadOnlySpan<RowLabel> labels, ulong seed)
    {
        var normals = RowsOf(labels, RowLabel.Normal);
        if (normals.Length < 2)
            throw new ArgumentException($"There are {normals.Length} rows labelled normal; at least 2 are needed, to fit and to test.", nameof(labels));

        new SeededRandom(seed).Shuffle(normals.AsSpan());
        var half = normals.Length / 2;
        int[] fit = normals[..half];
        int[] test = [.. normals[half..], .. RowsOf(labels, RowLabel.Anomaly)];
        Array.Sort(fit);
        Array.Sort(test);
        return new RowSplit(fit, test);
    }

    /// <summary>Tests the rows whose content falls into the test share, so that equal rows never stand on both sides.</summary>
    /// <remarks>By a 64-bit FNV-1a hash of the values' bits (RFC 9923), mixed with the seed. 0 and -0 are different content.</remarks>
    /// <param name="rows">Shape [n, d].</param>
    /// <param name="testShare">Expected share of distinct rows tested, above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of range.</exception>
    public static RowSplit ByContent(FeatureMatrix rows, double testShare, ulong seed)
    {
        CheckShare(testShare);
        var isTest = new bool[rows.RowCount];
        for (var row = 0; row < isTest.Length; row++)
        {
            var hash = 0xCBF29CE484222325;
            foreach (var value in MemoryMarshal.AsBytes(rows.Row(row)))
                hash = (hash ^ value) * 0x100000001B3;

            // FNV alone hardly moves its highest bits for short rows.
            var random = new SeededRandom(hash ^ seed);
            isTest[row] = random.NextDouble() < testShare;
        }

        return ByBits(isTest);
    }

    /// <summary>Tests the rows that are marked: for splits made elsewhere, for example by a hash of the text the rows were read from.</summary>
    /// <param name="isTest">One mark a row.</param>
    public static RowSplit ByBits(ReadOnlySpan<bool> isTest)
    {
        var tested = isTest.Count(true);
        var (fit, test) = (new int[isTest.Length - tested], new int[tested]);
        int nextFit = 0, nextTest = 0;
        for (var row = 0; row < isTest.Length; row++)
        {
            if (isTest[row])
                test[nextTest++] = row;
            else
                fit[nextFit++] = row;
        }

        return new RowSplit(fit, test);
    }

    private static RowSplit[] OfFolds(int[] foldOfRow, int folds)
    {
        var splits = new RowSplit[folds];
        var isTest = new bool[foldOfRow.Length];
        for (var fold = 0; fold < folds; fold++)
        {
            for (var row = 0; row < isTest.Length; row++)
                isTest[row] = foldOfRow[row] == fold;

            splits[fold] = ByBits(isTest);
        }

        return splits;
    }

    private static int[][] ShuffledByLabel(ReadOnlySpan<RowLabel> labels, ref SeededRandom random)
    {
        int[][] byLabel = [RowsOf(labels, RowLabel.Normal), RowsOf(labels, RowLabel.Anomaly), RowsOf(labels, RowLabel.Unknown)];
        foreach (var rows in byLabel)
            random.Shuffle(rows.AsSpan());

        return byLabel;
    }

    private static int[] RowsOf(ReadOnlySpan<RowLabel> labels, RowLabel label)
    {
        var rows = new int[labels.Count(label)];
        var next = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            if (labels[row] == label)
                rows[next++] = row;
        }

        return rows;
    }

    private static int CountOf(int rows, double share) =>
        rows < 2 ? 0 : Math.Clamp((int)Math.Round(rows * share, MidpointRounding.AwayFromZero), 1, rows - 1);

    private static void CheckFolds(int folds, int rowCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(folds, rowCount);
    }

    private static void CheckShare(double share)
    {
        if (!(share is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "Allowed is what is above 0 and below 1.");
    }
}
