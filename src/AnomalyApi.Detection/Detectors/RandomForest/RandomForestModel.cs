using AnomalyApi.Detection.Explanation;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="RandomForest"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are log-odds of an anomaly, the mean over the trees: a leaf holds ln((a + 1) / (n + 1)) with the weights a of its anomalies and
/// n of its normal rows, so a pure leaf of many rows says more than one of few, and nothing saturates. NaN is a missing value and goes where its
/// node learned to send it, or, where nothing was missing, the way of most training rows. Infinities compare as usual. A row's score does
/// not depend on the rows scored beside it, nor on the vector width of the machine.
/// </remarks>
public sealed class RandomForestModel : ITreeModel
{
    internal RandomForestModel(DecisionTrees trees, double outOfBagAuc, double outOfBagError)
    {
        Trees = trees;
        OutOfBagAuc = outOfBagAuc;
        OutOfBagError = outOfBagError;
    }

    internal DecisionTrees Trees { get; }

    /// <inheritdoc/>
    public int FeatureCount => Trees.FeatureCount;

    /// <summary>Number of trees.</summary>
    public int TreeCount => Trees.TreeCount;

    /// <summary>ROC-AUC over the training rows, each scored by the trees that were grown without it; NaN without bootstrap, or when no normal or
    /// no anomalous row was left out by any tree.</summary>
    /// <remarks>Breiman, Random Forests, Machine Learning 45, 2001, section 3.1. Copies of a row in other places make it too good.</remarks>
    public double OutOfBagAuc { get; }

    /// <summary>Mean over both classes of the share of training rows on the wrong side of even odds, each scored by the trees that were grown
    /// without it; NaN as <see cref="OutOfBagAuc"/>.</summary>
    public double OutOfBagError { get; }

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
        writer.WriteDouble(OutOfBagAuc);
        writer.WriteDouble(OutOfBagError);
        Trees.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no forest; whatever is accepted, scoring stays within its arrays.</exception>
    public static RandomForestModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (area, error) = (reader.ReadDouble(), reader.ReadDouble());
        if (area is < 0 or > 1 || error is < 0 or > 1)
            throw new ModelFileException($"The out-of-bag estimates are {area} and {error}; allowed is 0 to 1.");

        return new RandomForestModel(DecisionTrees.Read(reader), area, error);
    }
}
