namespace AnomalyApi.Detection.Evaluation;

/// <summary>Draws ranked rows again, with replacement. Its one sample is overwritten by each draw, so each thread has its own.</summary>
internal sealed class Resample
{
    // For each row of the label, the place of its score among the distinct ones.
    private readonly int[] _stepsOfAnomalies;
    private readonly int[] _stepsOfNormals;
    private readonly int[] _anomalies;
    private readonly int[] _normals;
    private readonly RankedScores _sample;

    public Resample(RankedScores ranked)
    {
        _stepsOfAnomalies = new int[ranked.Anomalies];
        _stepsOfNormals = new int[ranked.Normals];
        for (var step = 0; step < ranked.Distinct.Length; step++)
        {
            _stepsOfAnomalies.AsSpan(ranked.AnomaliesFrom(step - 1)..ranked.AnomaliesFrom(step)).Fill(step);
            _stepsOfNormals.AsSpan(ranked.NormalsFrom(step - 1)..ranked.NormalsFrom(step)).Fill(step);
        }

        _anomalies = new int[ranked.Distinct.Length];
        _normals = new int[ranked.Distinct.Length];
        _sample = new RankedScores(ranked.Distinct.ToArray(), _anomalies, _normals);
    }

    /// <summary>As many rows of each label as there are. Scores that were not drawn stay, with no rows of their own.</summary>
    public RankedScores Draw(ulong seed)
    {
        var random = new SeededRandom(seed);
        Count(ref random, _stepsOfAnomalies, _anomalies);
        Count(ref random, _stepsOfNormals, _normals);
        return _sample;
    }

    private static void Count(ref SeededRandom random, int[] stepOfRow, int[] counts)
    {
        counts.AsSpan().Clear();
        for (var i = 0; i < stepOfRow.Length; i++)
            counts[stepOfRow[random.NextBelow(stepOfRow.Length)]]++;

        for (var step = 1; step < counts.Length; step++)
            counts[step] += counts[step - 1];
    }
}
