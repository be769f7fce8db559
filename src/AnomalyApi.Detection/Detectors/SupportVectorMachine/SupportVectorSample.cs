namespace AnomalyApi.Detection.Detectors;

/// <summary>The rows a kernel machine learns from, and how much more each of them counts than it would in the whole set.</summary>
/// <param name="Rows">All labelled, at least one of each label.</param>
internal sealed record SupportVectorSample(TrainingRows Rows, double NormalWeight, double AnomalyWeight)
{
    /// <summary>Takes all rows, or a random sample of the larger sets: half for the rarer class if it has as many, the rest for the
    /// other.</summary>
    /// <param name="rows">All labelled, at least one of each label.</param>
    /// <param name="most">2 or more.</param>
    public static SupportVectorSample Take(TrainingRows rows, int most, ulong seed)
    {
        if (rows.RowCount <= most)
            return new SupportVectorSample(rows, 1, 1);

        var normals = rows.Count(RowLabel.Normal);
        var anomalies = rows.RowCount - normals;
        var ofNormals = normals <= anomalies ? Math.Min(normals, most / 2) : most - Math.Min(anomalies, most / 2);
        var order = new int[rows.RowCount];
        for (var row = 0; row < order.Length; row++)
            order[row] = row;

        new SeededRandom(seed).Shuffle<int>(order);
        var picked = new List<int>(most);
        int normalsLeft = ofNormals, anomaliesLeft = most - ofNormals;
        foreach (var row in order)
        {
            if (rows.Label(row) == RowLabel.Normal ? normalsLeft-- > 0 : anomaliesLeft-- > 0)
                picked.Add(row);
        }

        picked.Sort();
        return new SupportVectorSample(rows.Pick([.. picked]), (double)normals / ofNormals, (double)anomalies / (most - ofNormals));
    }
}
