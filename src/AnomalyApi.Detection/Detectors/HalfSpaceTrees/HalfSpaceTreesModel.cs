using AnomalyApi.Detection.Explanation;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="HalfSpaceTrees"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are -log2 of the mean over the trees of mass x 2^depth / reference rows, one row added to the sum so that an empty box is finite: 0
/// for evenly spread rows, higher where rows are rare. Infinities compare as usual and NaN goes right at every cut, as if it were the largest value.
/// A row's score does not depend on the rows scored beside it.
/// </remarks>
public sealed class HalfSpaceTreesModel : ITreeModel
{
    private readonly HalfSpaceBoxes _boxes;
    private readonly int[] _masses;
    private readonly int _referenceRows;
    private readonly double _sizeLimit;

    internal HalfSpaceTreesModel(HalfSpaceBoxes boxes, int[] masses, int referenceRows, double sizeLimit)
    {
        (_boxes, _masses, _referenceRows, _sizeLimit) = (boxes, masses, referenceRows, sizeLimit);
    }

    /// <inheritdoc/>
    public int FeatureCount => _boxes.FeatureCount;

    /// <summary>Rows whose masses it holds.</summary>
    public int ReferenceRows => _referenceRows;

    internal HalfSpaceBoxes Boxes => _boxes;

    internal int[] Masses => _masses;

    internal double SizeLimit => _sizeLimit;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        for (var row = 0; row < scores.Length; row++)
            scores[row] = ScoreOf(_boxes, _masses, _referenceRows, _sizeLimit, rows.Row(row));
    }

    /// <summary>The raw score of one row by any masses.</summary>
    internal static float ScoreOf(HalfSpaceBoxes boxes, int[] masses, int referenceRows, double sizeLimit, ReadOnlySpan<float> row)
    {
        var least = sizeLimit * referenceRows;
        var sum = 0.0;
        for (var offset = 0; offset < masses.Length; offset += boxes.Stride)
        {
            var (node, level) = (1, 0);
            while (level < boxes.Depth && masses[offset + node] > least)
            {
                node = boxes.Child(offset, node, row);
                level++;
            }

            sum += (double)masses[offset + node] * (1 << level);
        }

        return (float)RawScore(sum, masses.Length / boxes.Stride, referenceRows);
    }

    TreeEnsemble ITreeModel.ToTreeEnsemble()
    {
        var (nodes, roots) = _boxes.ToTreeNodes(_masses, _sizeLimit * _referenceRows);
        var (treeCount, referenceRows) = (roots.Length, _referenceRows);
        return new TreeEnsemble(FeatureCount, nodes, roots, link: sum => RawScore(sum, treeCount, referenceRows));
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(_boxes.Depth);
        writer.WriteInt32(_boxes.FeatureCount);
        writer.WriteInt32(_referenceRows);
        writer.WriteDouble(_sizeLimit);
        writer.WriteArray<int>(_boxes.Features);
        writer.WriteArray<float>(_boxes.Thresholds);
        writer.WriteArray<int>(_masses);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no such model.</exception>
    public static HalfSpaceTreesModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var depth = reader.ReadInt32(1, 15, "depth");
        var featureCount = reader.ReadInt32(1, int.MaxValue, "feature count");
        var referenceRows = reader.ReadInt32(1, int.MaxValue, "reference rows");
        var sizeLimit = reader.ReadDouble();
        var features = reader.ReadArray<int>();
        var thresholds = reader.ReadArray<float>(features.Length, "thresholds");
        var masses = reader.ReadArray<int>(features.Length, "masses");
        if (features.Length == 0 || features.Length % (1 << (depth + 1)) != 0 || !(sizeLimit is >= 0 and <= 1))
            throw new ModelFileException($"{features.Length} nodes are no whole trees of depth {depth}, or the size limit {sizeLimit} is not in 0 to 1.");

        if (features.AsSpan().ContainsAnyExceptInRange(0, featureCount - 1) || masses.AsSpan().ContainsAnyExceptInRange(0, int.MaxValue))
            throw new ModelFileException($"A node cuts a feature that is not in 0 to {featureCount - 1}, or has a mass below 0.");

        return new HalfSpaceTreesModel(new HalfSpaceBoxes(depth, featureCount, features, thresholds), masses, referenceRows, sizeLimit);
    }

    private static double RawScore(double sum, int treeCount, int referenceRows) =>
        -Math.Log2((sum + 1) / ((double)treeCount * referenceRows));
}
