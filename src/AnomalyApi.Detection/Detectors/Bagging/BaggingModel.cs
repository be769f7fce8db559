using System.Buffers;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="Bagging"/>. Immutable and thread-safe; scoring does not allocate if the detector inside does not.</summary>
/// <remarks>
/// Raw scores are the mean over the members of their standardised scores, or of the share of training rows that they score lower (by
/// <see cref="BaggingOptions.Combination"/>). A value that is not finite is answered as the detector inside answers it.
/// </remarks>
public sealed class BaggingModel : IDetectorModel
{
    private const int BlockRows = 256;

    private readonly BaggingMember[] _members;

    internal BaggingModel(string detectorName, BaggingCombination combination, int featureCount, BaggingMember[] members)
    {
        DetectorName = detectorName;
        Combination = combination;
        FeatureCount = featureCount;
        _members = members;
    }

    /// <inheritdoc/>
    public int FeatureCount { get; }

    /// <summary>Name of the detector inside.</summary>
    public string DetectorName { get; }

    /// <summary>How the members' scores are joined.</summary>
    public BaggingCombination Combination { get; }

    /// <summary>Number of models.</summary>
    public int MemberCount => _members.Length;

    /// <inheritdoc/>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        var blockRows = Math.Min(BlockRows, rows.RowCount);
        var picked = ArrayPool<float>.Shared.Rent(blockRows * FeatureCount);
        var sums = ArrayPool<double>.Shared.Rent(blockRows);
        try
        {
            for (var first = 0; first < rows.RowCount; first += BlockRows)
            {
                var ofBlock = scores[first..Math.Min(first + BlockRows, scores.Length)];
                var sumsOfBlock = sums.AsSpan(0, ofBlock.Length);
                sumsOfBlock.Clear();
                foreach (var member in _members)
                    member.Add(rows, first, sumsOfBlock, Combination, ofBlock, picked);

                for (var row = 0; row < ofBlock.Length; row++)
                    ofBlock[row] = (float)Math.Clamp(sumsOfBlock[row] / _members.Length, -float.MaxValue, float.MaxValue);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(picked);
            ArrayPool<double>.Shared.Return(sums);
        }
    }

    /// <inheritdoc/>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(_members.Length);
        writer.WriteInt32((int)Combination);
        writer.WriteInt32(FeatureCount);
        writer.WriteString(DetectorName);
        foreach (var member in _members)
            member.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no such model, or its detector is none that can be bagged.</exception>
    public static BaggingModel Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var memberCount = reader.ReadInt32(1, 1000, "member count");
        var combination = (BaggingCombination)reader.ReadInt32((int)BaggingCombination.MeanScore, (int)BaggingCombination.MeanRank, "combination");
        var featureCount = reader.ReadInt32(1, int.MaxValue, "feature count");
        var name = reader.ReadString();
        var detector = Bagging.Inner(name) ?? throw new ModelFileException($"The members were made by '{name}', which is unknown or cannot be bagged.");
        var members = new BaggingMember[memberCount];
        for (var member = 0; member < memberCount; member++)
            members[member] = BaggingMember.Read(reader, featureCount, detector);

        return new BaggingModel(name, combination, featureCount, members);
    }
}
