using AnomalyApi.Detection.Explanation;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="IsolationForest"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are 2^(-E[h(x)] / c(sample size)), Liu, Ting and Zhou 2008, equation 2: above 0 and at most 1, near 1 for rows set apart at
/// once, about 0.5 when nothing stands out. Infinities compare as usual and NaN goes right at every node, as if it were the largest value.
/// A row's score does not depend on the rows scored beside it, nor on the vector width of the machine.
/// </remarks>
public sealed class IsolationForestModel : ITreeModel
{
    private readonly IsolationTrees _trees;
    private readonly float _exponent;

    internal IsolationForestModel(IsolationTrees trees)
    {
        _trees = trees;
        _exponent = IsolationPath.ExponentOf(trees.TreeCount, trees.SampleSize);
    }

    /// <inheritdoc/>
    public int FeatureCount => _trees.FeatureCount;

    /// <summary>Number of trees.</summary>
    public int TreeCount => _trees.TreeCount;

    /// <summary>Rows each tree was grown on: the option, or all rows when there were fewer.</summary>
    public int SampleSize => _trees.SampleSize;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        IsolationWalk.SumPathLengths(_trees, rows, scores, IsolationKernels.Fastest);

        // Not TensorPrimitives: its last digit depends on where in the span a row stands. 2 % of the time of a walk.
        for (var row = 0; row < scores.Length; row++)
            scores[row] = float.Exp2(_exponent * scores[row]);
    }

    TreeEnsemble ITreeModel.ToTreeEnsemble()
    {
        double exponent = _exponent;
        var (nodes, roots) = _trees.ToTreeNodes();
        return new TreeEnsemble(FeatureCount, nodes, roots, link: sum => Math.Pow(2, exponent * sum));
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(_trees.TreeCount);
        writer.WriteInt32(_trees.SampleSize);
        writer.WriteInt32(_trees.FeatureCount);
        writer.WriteArray<int>(_trees.Features);
        writer.WriteArray<float>(_trees.Thresholds);
        writer.WriteArray<float>(_trees.Lengths);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no isolation forest; whatever it holds, scoring stays within its
    /// arrays.</exception>
    public static IsolationForestModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Read(reader, reader.ReadInt32());
    }

    /// <summary>Reads the rest when the number of trees has been read.</summary>
    internal static IsolationForestModel Read(ModelSectionReader reader, int treeCount)
    {
        if (treeCount is < 1 or > IsolationForestOptions.MaxTrees)
            throw new ModelFileException($"The tree count is {treeCount}; allowed is 1 to {IsolationForestOptions.MaxTrees}.");

        var sampleSize = reader.ReadInt32(1, IsolationForestOptions.MaxSampleSize, "sample size");
        var featureCount = reader.ReadInt32(1, int.MaxValue, "feature count");

        // The arrays are read before room is made for them: their length is bounded by the file, the product of the counts is not.
        var length = treeCount << IsolationTrees.DepthOf(sampleSize);
        var features = reader.ReadArray<int>(length, "node features");
        var thresholds = reader.ReadArray<float>(length, "node thresholds");
        var lengths = reader.ReadArray<float>(length, "path lengths");
        if (features.AsSpan().ContainsAnyExceptInRange(0, featureCount - 1))
            throw new ModelFileException($"A node compares a feature that is not in 0 to {featureCount - 1}.");

        IsolationPath.CheckLengths(lengths);
        return new IsolationForestModel(new IsolationTrees(sampleSize, featureCount, features, thresholds, lengths));
    }
}
