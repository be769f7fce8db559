using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Detection.Explanation;

/// <summary>Says which features made a row's score. Owns its buffers: not thread-safe, and a call does not allocate.</summary>
/// <remarks>
/// The <see cref="MaxDrivers"/> features furthest from typical (<see cref="TypicalRange.DistanceOf"/>) are each replaced by their median in
/// turn, and the row is scored again: what the score falls by is that feature's part (occlusion; Zeiler and Fergus, ECCV 2014, section
/// 4.2). It shows what each feature does alone; two features that are only odd together may both show little.
/// <see cref="RowExplainer"/> shares that out and gives signs, at a hundred times the cost; this one is for every anomaly of a stream.
/// </remarks>
/// <param name="model">The model whose scores are explained.</param>
public sealed class ScoreExplainer(ScoringModel model)
{
    /// <summary>Most features an explanation names.</summary>
    public const int MaxDrivers = 5;

    private readonly int _driverCount = Math.Min(MaxDrivers, model.Schema.Count);
    private readonly float[] _distances = new float[model.Schema.Count];
    private readonly int[] _furthest = new int[MaxDrivers];
    private readonly float[] _changed = new float[MaxDrivers * model.Schema.Count];
    private readonly double[] _pValues = new double[MaxDrivers];
    private readonly float[] _scores = new float[MaxDrivers];
    private readonly double[] _parts = new double[MaxDrivers];
    private readonly FeatureDriver[] _drivers = new FeatureDriver[MaxDrivers];

    /// <summary>Explains one row.</summary>
    /// <param name="row">One value for each feature of the schema.</param>
    /// <param name="score">The score this model gives the row.</param>
    /// <returns>
    /// Five drivers, fewer when there are fewer features, highest share first; the shares sum to 1. When no replacement lowers the score,
    /// the shares follow the distances from typical; when all features are at their median, they are equal. Valid until the next call.
    /// </returns>
    /// <exception cref="ArgumentException">The row is of another width.</exception>
    public ReadOnlySpan<FeatureDriver> Explain(ReadOnlySpan<float> row, float score)
    {
        if (row.Length != model.Schema.Count)
            throw new ArgumentException($"The row has {row.Length} values; schema '{model.Schema.Version}' has {model.Schema.Count}.", nameof(row));

        FindFurthest(row);
        ScoreWithoutEach(row);
        var parts = _parts.AsSpan(0, _driverCount);
        for (var i = 0; i < parts.Length; i++)
            parts[i] = Math.Max(0, score - _scores[i]);

        if (!Normalise(parts))
        {
            // A value that is not finite is infinitely far; the bound keeps the sum finite.
            for (var i = 0; i < parts.Length; i++)
                parts[i] = Math.Min(_distances[_furthest[i]], 1e6);

            if (!Normalise(parts))
                parts.Fill(1.0 / parts.Length);
        }

        for (var i = 0; i < parts.Length; i++)
        {
            var feature = _furthest[i];
            var range = model.TypicalRanges[feature];
            Insert(i, new FeatureDriver(feature, row[feature], range.Low, range.High, (float)parts[i]));
        }

        return _drivers.AsSpan(0, _driverCount);
    }

    /// <summary>Fills <see cref="_furthest"/>, the furthest first; of equals the earlier column.</summary>
    private void FindFurthest(ReadOnlySpan<float> row)
    {
        var found = 0;
        for (var feature = 0; feature < row.Length; feature++)
        {
            var distance = _distances[feature] = model.TypicalRanges[feature].DistanceOf(row[feature]);
            var place = found < _driverCount ? found++ : distance > _distances[_furthest[_driverCount - 1]] ? _driverCount - 1 : -1;
            if (place < 0)
                continue;

            for (; place > 0 && distance > _distances[_furthest[place - 1]]; place--)
                _furthest[place] = _furthest[place - 1];

            _furthest[place] = feature;
        }
    }

    private void ScoreWithoutEach(ReadOnlySpan<float> row)
    {
        var rows = new FeatureMatrix(_changed, _driverCount, row.Length);
        for (var i = 0; i < _driverCount; i++)
        {
            var changed = rows.Row(i);
            row.CopyTo(changed);
            changed[_furthest[i]] = model.TypicalRanges[_furthest[i]].Median;
        }

        model.Score(rows, _pValues.AsSpan(0, _driverCount), _scores.AsSpan(0, _driverCount));
    }

    private static bool Normalise(Span<double> parts)
    {
        var sum = 0.0;
        foreach (var part in parts)
            sum += part;

        if (sum <= 0)
            return false;

        foreach (ref var part in parts)
            part /= sum;

        return true;
    }

    /// <summary>Insertion sort, highest share first; of equals the further stays ahead.</summary>
    private void Insert(int count, FeatureDriver driver)
    {
        var place = count;
        for (; place > 0 && driver.Share > _drivers[place - 1].Share; place--)
            _drivers[place] = _drivers[place - 1];

        _drivers[place] = driver;
    }
}
