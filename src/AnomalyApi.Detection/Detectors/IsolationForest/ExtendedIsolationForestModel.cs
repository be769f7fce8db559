using System.Buffers;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A fitted <see cref="IsolationForest"/> with oblique cuts. Immutable and thread-safe; scoring does not allocate.</summary>
/// <remarks>
/// Raw scores as those of <see cref="IsolationForestModel"/>. A value further out than 1e15 standard deviations counts as so far, and NaN as the
/// largest value. A row's score does not depend on the rows scored beside it.
/// </remarks>
internal sealed class ExtendedIsolationForestModel : IDetectorModel
{
    /// <summary>What its file begins with, where a forest of axis-parallel cuts has the number of trees.</summary>
    public const int FileMark = -1;

    private const int BlockValues = 4096;

    private readonly ColumnUnits _units;
    private readonly ObliqueTrees _trees;
    private readonly float _exponent;

    public ExtendedIsolationForestModel(ColumnUnits units, ObliqueTrees trees)
    {
        (_units, _trees) = (units, trees);
        _exponent = IsolationPath.ExponentOf(trees.TreeCount, trees.SampleSize);
    }

    public int FeatureCount => _trees.FeatureCount;

    public int TreeCount => _trees.TreeCount;

    /// <summary>Columns that a cut weighs: the extension level, held within the number of columns, and 1.</summary>
    public int CutColumns => _trees.CutColumns;

    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(FeatureCount, rows, scores);
        scores.Clear();
        var blockRows = Math.Clamp(BlockValues / FeatureCount, 1, ObliqueTrees.MaxRows);
        var buffer = ArrayPool<float>.Shared.Rent(blockRows * FeatureCount);
        try
        {
            for (var first = 0; first < scores.Length; first += blockRows)
            {
                var sums = scores[first..Math.Min(scores.Length, first + blockRows)];
                for (var row = 0; row < sums.Length; row++)
                    _units.Apply(rows.Row(first + row), buffer.AsSpan(row * FeatureCount, FeatureCount));

                _trees.AddPathLengths(buffer, sums);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }

        for (var row = 0; row < scores.Length; row++)
            scores[row] = float.Exp2(_exponent * scores[row]);
    }

    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(FileMark);
        writer.WriteInt32(_trees.TreeCount);
        writer.WriteInt32(_trees.SampleSize);
        writer.WriteInt32(_trees.FeatureCount);
        writer.WriteInt32(_trees.CutColumns);
        writer.WriteArray<float>(_units.Centres);
        writer.WriteArray<float>(_units.Scales);
        writer.WriteArray<int>(_trees.Columns);
        writer.WriteArray<float>(_trees.Weights);
        writer.WriteArray<float>(_trees.Thresholds);
        writer.WriteArray<float>(_trees.Lengths);
    }

    /// <summary>Reads what <see cref="Write"/> wrote after the mark.</summary>
    /// <exception cref="ModelFileException">The content is no such forest; whatever it holds, scoring stays within its arrays.</exception>
    public static ExtendedIsolationForestModel ReadAfterMark(ModelSectionReader reader)
    {
        var treeCount = reader.ReadInt32(1, IsolationForestOptions.MaxTrees, "tree count");
        var sampleSize = reader.ReadInt32(1, IsolationForestOptions.MaxSampleSize, "sample size");
        var featureCount = reader.ReadInt32(1, int.MaxValue, "feature count");
        var cutColumns = reader.ReadInt32(1, featureCount, "cut columns");

        // The arrays are read before room is made for them: their length is bounded by the file, the product of the counts is not.
        var centres = reader.ReadArray<float>(featureCount, "centres");
        var scales = reader.ReadArray<float>(featureCount, "scales");
        var columns = reader.ReadArray<int>();
        var weights = reader.ReadArray<float>();
        var nodes = treeCount << IsolationPath.HeightLimit(sampleSize);
        var thresholds = reader.ReadArray<float>(nodes, "node thresholds");
        var lengths = reader.ReadArray<float>(nodes, "path lengths");
        var expected = ObliqueTrees.LongWeightCount(treeCount, sampleSize, featureCount, cutColumns);
        if (weights.Length != expected || columns.Length != (ObliqueTrees.IsDense(featureCount, cutColumns) ? 0 : expected))
            throw new ModelFileException($"{weights.Length} weights of {columns.Length} columns; {expected} weights are needed.");

        if (columns.AsSpan().ContainsAnyExceptInRange(0, featureCount - 1))
            throw new ModelFileException($"A node weighs a column that is not in 0 to {featureCount - 1}.");

        IsolationPath.CheckLengths(lengths);
        return new ExtendedIsolationForestModel(
            new ColumnUnits(centres, scales), new ObliqueTrees(sampleSize, featureCount, cutColumns, columns, weights, thresholds, lengths));
    }
}
