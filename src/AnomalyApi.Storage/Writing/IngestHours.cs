namespace AnomalyApi.Storage.Writing;

/// <summary>What a group adds to the counts by hour.</summary>
internal static class IngestHours
{
    public static DateTime Of(DateTime utc) => new(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerHour), DateTimeKind.Utc);

    /// <summary>The sums of <paramref name="batches"/>, by hour.</summary>
    public static SortedDictionary<DateTime, (long Flows, long Rejected, long Anomalies)> Sum(IEnumerable<BatchToStore> batches)
    {
        var hours = new SortedDictionary<DateTime, (long Flows, long Rejected, long Anomalies)>();
        foreach (var batch in batches)
        {
            var hour = Of(batch.ReceivedAt);
            var (flows, rejected, anomalies) = hours.GetValueOrDefault(hour);
            hours[hour] = (flows + batch.Flows.Count, rejected + batch.RejectedCount, anomalies + batch.Anomalies.Count);
        }

        return hours;
    }
}
