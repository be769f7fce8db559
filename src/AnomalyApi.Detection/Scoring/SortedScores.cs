using System.Numerics;
using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Scoring;

/// <summary>Scores in ascending order, and how many of them are below a value. Immutable.</summary>
/// <remarks>
/// A search tree of 16 branches: each level keeps the largest of every 16 values of the level below, and one vector comparison picks the
/// branch. Among 20,000 scores that is 4 steps instead of the 15 of a binary search, which took 106 ns and was most of the cost of a
/// p-value.
/// </remarks>
internal sealed class SortedScores
{
    private const int Branches = 16;

    private readonly float[] _sorted;

    // From the top down. Each is padded with infinity, which is below nothing, to a whole number of nodes.
    private readonly float[][] _levels;

    /// <summary>Takes over an array in ascending order, at least one value, all finite.</summary>
    public SortedScores(float[] sorted)
    {
        _sorted = sorted;
        var levels = new List<float[]> { Pad(sorted) };
        while (levels[^1].Length > Branches)
        {
            var below = levels[^1];
            var largest = new float[below.Length / Branches];
            for (var node = 0; node < largest.Length; node++)
                largest[node] = below[node * Branches + Branches - 1];

            levels.Add(Pad(largest));
        }

        levels.Reverse();
        _levels = [.. levels];
    }

    public int Count => _sorted.Length;

    public float Largest => _sorted[^1];

    public ReadOnlySpan<float> Values => _sorted;

    /// <summary>Number of scores less than <paramref name="score"/>, which is at most <see cref="Largest"/>. None is less than
    /// NaN.</summary>
    public int CountBelow(float score)
    {
        var wanted = Vector512.Create(score);
        var position = 0;
        foreach (var level in _levels)
        {
            // The largest of the node chosen above is not below the score, so neither can the last branch be passed here.
            var node = Vector512.Create<float>(level.AsSpan(position * Branches, Branches));
            position = position * Branches + BitOperations.PopCount(Vector512.LessThan(node, wanted).ExtractMostSignificantBits());
        }

        return position;
    }

    /// <summary>Whether all are finite and each is above the one before.</summary>
    public static bool AreAscending(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]) || (i > 0 && !(values[i] > values[i - 1])))
                return false;
        }

        return true;
    }

    private static float[] Pad(float[] values)
    {
        var padded = new float[(values.Length + Branches - 1) / Branches * Branches];
        padded.AsSpan().Fill(float.PositiveInfinity);
        values.CopyTo(padded, 0);
        return padded;
    }
}
