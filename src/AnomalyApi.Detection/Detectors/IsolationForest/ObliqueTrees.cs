using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Trees whose nodes compare a weighted sum of columns, in flat arrays, each tree a complete binary heap.</summary>
/// <remarks>
/// Numbered as <see cref="IsolationTrees"/>: the root is node 1, node i has the children 2i and 2i + 1, node 0 is unused, and a leaf that ends
/// early is written to all the bottom places under it. Rows are in <see cref="ColumnUnits"/>, so all their values are finite.
/// </remarks>
internal sealed class ObliqueTrees
{
    /// <summary>Rows that can be walked at a time.</summary>
    public const int MaxRows = 256;

    // A dense sum takes sixteen columns at a time, a sparse one a column.
    private const int DenseShare = 4;

    /// <summary>Trees still to be grown.</summary>
    public ObliqueTrees(int treeCount, int sampleSize, int featureCount, int cutColumns)
        : this(
            sampleSize,
            featureCount,
            cutColumns,
            new int[IsDense(featureCount, cutColumns) ? 0 : WeightCount(treeCount, sampleSize, featureCount, cutColumns)],
            new float[WeightCount(treeCount, sampleSize, featureCount, cutColumns)],
            new float[treeCount << IsolationPath.HeightLimit(sampleSize)],
            new float[treeCount << IsolationPath.HeightLimit(sampleSize)])
    {
    }

    /// <summary>Takes over arrays of matching lengths; every column is below the feature count.</summary>
    public ObliqueTrees(int sampleSize, int featureCount, int cutColumns, int[] columns, float[] weights, float[] thresholds, float[] lengths)
    {
        SampleSize = sampleSize;
        FeatureCount = featureCount;
        CutColumns = cutColumns;
        Depth = IsolationPath.HeightLimit(sampleSize);
        Columns = columns;
        Weights = weights;
        Thresholds = thresholds;
        Lengths = lengths;
        NodeWidth = columns.Length == 0 ? featureCount : cutColumns;
    }

    public int TreeCount => Thresholds.Length >> Depth;

    /// <summary>Rows each tree was grown on.</summary>
    public int SampleSize { get; }

    public int FeatureCount { get; }

    /// <summary>Columns with a weight at each node, at most: the extension level and 1.</summary>
    public int CutColumns { get; }

    /// <summary>Comparisons on every walk.</summary>
    public int Depth { get; }

    public int Stride => 1 << Depth;

    /// <summary>Weights stored for each node: one for every column, or for the cut columns alone.</summary>
    public int NodeWidth { get; }

    /// <summary>Column of each weight, [(tree * Stride + node) * NodeWidth + k]; empty when there is one for every column.</summary>
    public int[] Columns { get; }

    /// <summary>[(tree * Stride + node) * NodeWidth + k].</summary>
    public float[] Weights { get; }

    /// <summary>A row goes left when its weighted sum is less, [tree * Stride + node].</summary>
    public float[] Thresholds { get; }

    /// <summary>Path length h(x) of each place at the bottom, [tree * Stride + place].</summary>
    public float[] Lengths { get; }

    /// <summary>Whether all columns of a node get a weight, if need be 0, because that is the faster form.</summary>
    public static bool IsDense(int featureCount, int cutColumns) => (long)cutColumns * DenseShare >= featureCount;

    /// <summary>Weights of all trees; may exceed what an array can hold.</summary>
    public static long LongWeightCount(int treeCount, int sampleSize, int featureCount, int cutColumns) =>
        ((long)treeCount << IsolationPath.HeightLimit(sampleSize)) * (IsDense(featureCount, cutColumns) ? featureCount : cutColumns);

    /// <summary>The child a row goes to.</summary>
    /// <param name="offset">Number of the tree's node 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Child(int offset, int node, ReadOnlySpan<float> row)
    {
        var weights = Weights.AsSpan((offset + node) * NodeWidth, NodeWidth);
        float sum;
        if (Columns.Length == 0)
        {
            sum = TensorPrimitives.Dot(weights, row);
        }
        else
        {
            var columns = Columns.AsSpan((offset + node) * NodeWidth, NodeWidth);
            sum = 0;
            for (var k = 0; k < weights.Length; k++)
                sum += weights[k] * row[columns[k]];
        }

        // The comparison is used as a number, because a branch would be mispredicted half the time.
        return 2 * node + Unsafe.BitCast<bool, byte>(!(sum < Thresholds[offset + node]));
    }

    /// <summary>Adds the path lengths of each row over all trees, in tree order.</summary>
    /// <param name="rows">Rows one after another, in column units.</param>
    /// <param name="sums">One for each row, of at most <see cref="MaxRows"/>.</param>
    public void AddPathLengths(ReadOnlySpan<float> rows, Span<float> sums)
    {
        // All rows take a step before any takes the next: the steps of one do not wait for those of another.
        Span<int> nodes = stackalloc int[MaxRows];
        nodes = nodes[..sums.Length];
        for (var offset = 0; offset < Thresholds.Length; offset += Stride)
        {
            nodes.Fill(1);
            for (var level = 0; level < Depth; level++)
            {
                for (var row = 0; row < nodes.Length; row++)
                    nodes[row] = Child(offset, nodes[row], rows.Slice(row * FeatureCount, FeatureCount));
            }

            for (var row = 0; row < nodes.Length; row++)
                sums[row] += Lengths[offset + nodes[row] - Stride];
        }
    }

    private static int WeightCount(int treeCount, int sampleSize, int featureCount, int cutColumns) =>
        checked((int)LongWeightCount(treeCount, sampleSize, featureCount, cutColumns));
}
