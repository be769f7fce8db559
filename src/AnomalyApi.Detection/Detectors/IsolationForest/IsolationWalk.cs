using System.Runtime.CompilerServices;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Walks rows down the trees.</summary>
internal static class IsolationWalk
{
    /// <summary>Sets each sum to the path lengths of its row over all trees, added in tree order.</summary>
    public static void SumPathLengths(IsolationTrees trees, FeatureMatrix rows, Span<float> sums)
    {
        sums.Clear();
        for (var tree = 0; tree < trees.TreeCount; tree++)
            AddPlain(trees, tree, rows, sums);
    }

    private static void AddPlain(IsolationTrees trees, int tree, FeatureMatrix rows, Span<float> sums)
    {
        var features = trees.Features.AsSpan(tree * trees.Stride, trees.Stride);
        var thresholds = trees.Thresholds.AsSpan(tree * trees.Stride, trees.Stride);
        var lengths = trees.Lengths.AsSpan(tree * trees.Stride, trees.Stride);
        for (var row = 0; row < sums.Length; row++)
        {
            var values = rows.Row(row);
            var node = 1;
            for (var level = 0; level < trees.Depth; level++)
                node = 2 * node + Unsafe.BitCast<bool, byte>(!(values[features[node]] < thresholds[node]));

            sums[row] += lengths[node - trees.Stride];
        }
    }
}
