using System.Buffers;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="Ensemble"/>. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores are -log10 of the joined p-value, 0 to 16: 3 means that one normal row in a thousand would be as extreme if the members were
/// calibrated on the same traffic. A value that is not finite is answered as each member answers it.
/// </remarks>
public sealed class EnsembleModel : IDetectorModel
{
    // Rows that go through all members before the next: their values stay in the cache.
    private const int BlockRows = 512;

    private readonly EnsembleMember[] _members;

    internal EnsembleModel(EnsembleMember[] members) => _members = members;

    /// <inheritdoc/>
    public int FeatureCount => _members[0].Model.FeatureCount;

    /// <summary>Names of the members that took part, in their order.</summary>
    public IReadOnlyList<string> Members => Array.ConvertAll(_members, member => member.Name);

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        var quantiles = ArrayPool<double>.Shared.Rent(BlockRows);
        var values = ArrayPool<float>.Shared.Rent(Math.Min(BlockRows, rows.RowCount) * FeatureCount);
        try
        {
            for (var first = 0; first < rows.RowCount; first += BlockRows)
            {
                var count = Math.Min(BlockRows, rows.RowCount - first);
                rows.AsSpan().Slice(first * FeatureCount, count * FeatureCount).CopyTo(values);
                ScoreBlock(new FeatureMatrix(values, count, FeatureCount), scores.Slice(first, count), quantiles.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
            ArrayPool<double>.Shared.Return(quantiles);
        }
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(_members.Length);
        foreach (var member in _members)
            member.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no ensemble, or a member of it is not valid.</exception>
    public static EnsembleModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var members = new EnsembleMember[reader.ReadInt32(1, EnsembleMembers.Allowed.Count, "member count")];
        for (var i = 0; i < members.Length; i++)
            members[i] = EnsembleMember.Read(reader);

        // Otherwise joined p-values would be too small or too large, and nobody would see it.
        var totalWeight = members.Sum(member => member.Weight);
        if (!(Math.Abs(totalWeight - 1) <= 1e-6))
            throw new ModelFileException($"The weights of an ensemble add up to {totalWeight}; they must add up to 1.");

        return members.All(member => member.Model.FeatureCount == members[0].Model.FeatureCount)
            ? new EnsembleModel(members)
            : throw new ModelFileException("The members of an ensemble take different numbers of columns.");
    }

    private void ScoreBlock(FeatureMatrix rows, Span<float> scores, Span<double> quantiles)
    {
        quantiles.Clear();
        foreach (var member in _members)
        {
            member.Model.Score(rows, scores);
            for (var row = 0; row < scores.Length; row++)
                quantiles[row] += member.Weight * CauchyCombination.Quantile(member.Calibration.PValue(scores[row]));
        }

        for (var row = 0; row < scores.Length; row++)
            scores[row] = (float)-Math.Log10(CauchyCombination.PValue(quantiles[row]));
    }
}
