using AnomalyApi.Detection.Scoring;
using AnomalyApi.Ingest;
using AnomalyApi.Scoring;
using AnomalyApi.Storage.Stores;

namespace AnomalyApi.Traffic;

/// <summary>Puts stored counts and the live state into one answer.</summary>
internal sealed class StatsReader(ModelSlot slot, LearningProgress learning)
{
    public StatsView View(DateTime from, DateTime to, StorageStats stored) => new()
    {
        From = from,
        To = to,
        Flows = stored.Hours.Sum(hour => hour.Flows),
        Rejected = stored.Hours.Sum(hour => hour.Rejected),
        Anomalies = stored.Hours.Sum(hour => hour.Anomalies),
        AnomaliesBySeverity = Enum.GetValues<Severity>().Where(severity => severity != Severity.None).ToDictionary(
            severity => severity.ToString().ToLowerInvariant(),
            severity => stored.AnomaliesBySeverity.GetValueOrDefault((byte)severity)),
        Hours = stored.Hours,
        OldestFlow = stored.OldestFlow,
        NewestFlow = stored.NewestFlow,
        ModelVersion = slot.Snapshot()?.Version,
        LearningStatus = learning.Current(),
    };
}
