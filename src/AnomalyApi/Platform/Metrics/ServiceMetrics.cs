using System.Diagnostics.Metrics;

namespace AnomalyApi.Platform.Metrics;

/// <summary>What the service counts. One instance for the process; thread-safe.</summary>
internal sealed class ServiceMetrics : IDisposable
{
    public const string MeterName = "AnomalyApi";

    private static readonly double[] LatencyBoundsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _scored;
    private readonly Counter<long> _anomalies;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _trainings;
    private readonly Counter<long> _activations;
    private readonly Counter<long> _retained;
    private readonly Histogram<double> _batchSeconds;

    public ServiceMetrics()
    {
        _accepted = _meter.CreateCounter<long>("anomaly.flows.accepted", "{flow}", "Flows stored.");
        _rejected = _meter.CreateCounter<long>("anomaly.flows.rejected", "{flow}", "Lines refused, with the reason in the answer.");
        _duplicates = _meter.CreateCounter<long>("anomaly.flows.duplicate", "{flow}", "Flows that another sensor of the group had reported; not stored again.");
        _scored = _meter.CreateCounter<long>("anomaly.flows.scored", "{flow}", "Flows that got a score.");
        _anomalies = _meter.CreateCounter<long>("anomaly.anomalies", "{anomaly}", "Flows whose score reached the threshold.");
        _batches = _meter.CreateCounter<long>("anomaly.batches", "{batch}", "Batches by outcome.");
        _trainings = _meter.CreateCounter<long>("anomaly.trainings", "{training}", "Trainings by outcome.");
        _activations = _meter.CreateCounter<long>("anomaly.model.activations", "{activation}", "Models that went live in this process.");
        _retained = _meter.CreateCounter<long>("anomaly.retention.removed", "{row}", "Rows removed by retention.");
        _batchSeconds = _meter.CreateHistogram(
            "anomaly.batch.duration",
            "s",
            "From the first byte of a batch to its durable answer.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = LatencyBoundsSeconds });
    }

    public void CountBatch(string format, string outcome, TimeSpan elapsed)
    {
        _batches.Add(1, new("format", format), new("outcome", outcome));
        _batchSeconds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    public void CountFlows(string format, int accepted, int rejected, int scored, int anomalies)
    {
        var tag = new KeyValuePair<string, object?>("format", format);
        _accepted.Add(accepted, tag);
        _rejected.Add(rejected, tag);
        _scored.Add(scored, tag);
        _anomalies.Add(anomalies, tag);
    }

    public void CountDuplicates(string format, int flows) => _duplicates.Add(flows, new KeyValuePair<string, object?>("format", format));

    public void CountScoredOnly(string format, int scored) => _scored.Add(scored, new KeyValuePair<string, object?>("format", format));

    public void CountBackfill(int scored, int anomalies) => CountFlows("backfill", 0, 0, scored, anomalies);

    public void CountTraining(string outcome) => _trainings.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void CountActivation() => _activations.Add(1);

    public void CountRemoved(string table, long rows) => _retained.Add(rows, new KeyValuePair<string, object?>("table", table));

    /// <summary>Adds a value that is read when somebody looks.</summary>
    public void Observe(string name, string unit, string description, Func<double> read) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    /// <summary>Adds counts that are kept elsewhere and read when somebody looks.</summary>
    public void ObserveCounts(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter(name, read, unit, description);

    public void Dispose() => _meter.Dispose();
}
