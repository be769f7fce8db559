using AnomalyApi.Detection.Explanation;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="GradientBoosting"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are log-odds of an anomaly, the sum of one leaf of each tree: 0 is even odds, and nothing saturates. NaN is a missing value
/// and goes where its node learned to send it, or, where nothing was missing, the way of most training rows. Infinities compare as usual.
/// A row's score does not depend on the rows scored beside it, nor on the vector width of the machine.
/// </remarks>
public sealed class GradientBoostingModel : ITreeModel
{
    internal GradientBoostingModel(DecisionTrees trees) => Trees = trees;

    internal DecisionTrees Trees { get; }

    /// <inheritdoc/>
    public int FeatureCount => Trees.FeatureCount;

    /// <summary>Number of trees that were kept.</summary>
    public int TreeCount => Trees.TreeCount;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        TreeSums.Sum(Trees, rows, scores, TreeKernels.Fastest);
    }

    TreeEnsemble ITreeModel.ToTreeEnsemble() => Trees.ToTreeEnsemble();

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Trees.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no boosted model; whatever is accepted, scoring stays within its arrays.</exception>
    public static GradientBoostingModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new GradientBoostingModel(DecisionTrees.Read(reader));
    }
}
