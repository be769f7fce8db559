namespace AnomalyApi.Cli.Sending;

/// <summary>What became of all bodies so far. Thread-safe.</summary>
internal sealed class SendTotals
{
    /// <summary>Severities as the service names them, mildest first.</summary>
    public static readonly string[] Severities = ["low", "medium", "high", "critical"];

    // Of a file that has a label for each flow, as an id would be, nobody wants to see them all.
    private const int MaxLabels = 50;

    private readonly Lock _lock = new();
    private readonly List<double> _latencies = [];
    private readonly int[] _bySeverity = new int[Severities.Length];
    private readonly SortedDictionary<string, (long Flows, long Anomalies)> _byLabel = new(StringComparer.Ordinal);
    private long _accepted;
    private long _rejected;
    private long _scored;
    private long _anomalies;
    private int _retries;
    private string? _reason;

    public long Accepted => Read(() => _accepted);

    public long Rejected => Read(() => _rejected);

    /// <summary>Whether a model scored any of the flows.</summary>
    public bool IsScored => Read(() => _scored > 0);

    public long Anomalies => Read(() => _anomalies);

    public int Retries => Read(() => _retries);

    /// <summary>Why the first record was refused; null when none was.</summary>
    public string? Reason => Read(() => _reason);

    /// <summary>Anomalies of each of <see cref="Severities"/>.</summary>
    public IReadOnlyList<int> BySeverity => Read(() => (int[])_bySeverity.Clone());

    /// <summary>Flows and anomalies of each label, by name; empty when there were no labels.</summary>
    public IReadOnlyList<(string Label, long Flows, long Anomalies)> ByLabel => Read(() => _byLabel.Select(pair => (pair.Key, pair.Value.Flows, pair.Value.Anomalies)).ToList());

    /// <summary><see cref="ByLabel"/> of several together.</summary>
    public static IReadOnlyList<(string Label, long Flows, long Anomalies)> ByLabelOf(IReadOnlyList<SendTotals> all) =>
        [.. all.SelectMany(totals => totals.ByLabel).GroupBy(label => label.Label, (label, counts) => (label, counts.Sum(count => count.Flows), counts.Sum(count => count.Anomalies)))];

    /// <summary>Counts what became of a body.</summary>
    public void Add(FlowBody body, BatchOutcome outcome)
    {
        lock (_lock)
        {
            _accepted += outcome.Accepted;
            _rejected += outcome.Rejected;
            _scored += outcome.IsScored ? outcome.Accepted : 0;
            _anomalies += outcome.Anomalies.Count;
            _retries += outcome.Retries;
            _reason ??= outcome.Reason;
            _latencies.Add(outcome.Latency.TotalMilliseconds);
            foreach (var label in body.Labels)
                Count(label, flows: 1, anomalies: 0);

            foreach (var (line, severity) in outcome.Anomalies)
            {
                var place = Array.IndexOf(Severities, severity);
                if (place >= 0)
                    _bySeverity[place]++;

                var row = line - body.LinesBefore - 1;
                if (row >= 0 && row < body.Labels.Count)
                    Count(body.Labels[row], flows: 0, anomalies: 1);
            }
        }
    }

    /// <summary>Milliseconds within which that share of the bodies was answered, 0 to 1; NaN before the first.</summary>
    public double LatencyMilliseconds(double share) => Read(() =>
    {
        if (_latencies.Count == 0)
            return double.NaN;

        var sorted = _latencies.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))];
    });

    private void Count(string? label, long flows, long anomalies)
    {
        if (label is null || (_byLabel.Count >= MaxLabels && !_byLabel.ContainsKey(label)))
            return;

        var (flowsBefore, anomaliesBefore) = _byLabel.GetValueOrDefault(label);
        _byLabel[label] = (flowsBefore + flows, anomaliesBefore + anomalies);
    }

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
            return read();
    }
}
