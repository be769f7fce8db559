using System.Runtime.InteropServices;

namespace AnomalyApi.Flows.Formats;

/// <summary>Where a format puts what it reads: flows that are good, and reasons for those that are not. One reader at a time.</summary>
/// <param name="batch">Receives the flows; stays the caller's.</param>
/// <param name="defaultSensor">Sensor of flows that do not name one.</param>
/// <param name="admit">Called with the count before each flow is added; throws <see cref="FlowLimitException"/> when no more may come.</param>
public sealed class FlowReadTarget(FlowBatch batch, string? defaultSensor = null, Action<int>? admit = null)
{
    /// <summary>How many rejections are kept with their reason. All are counted.</summary>
    public const int ListedRejections = 100;

    /// <summary>How many kinds of skipped records are told apart.</summary>
    public const int SkippedKinds = 100;

    private const string OtherKinds = "other";

    private readonly List<FlowRejection> _rejections = [];
    private readonly Dictionary<string, int> _skipped = new(StringComparer.Ordinal);

    /// <summary>The flows taken so far.</summary>
    public FlowBatch Batch { get; } = batch;

    /// <summary>Sensor of flows that do not name one.</summary>
    public string? DefaultSensor { get; } = defaultSensor;

    /// <summary>Which column of a CSV file holds what, in place of what its header suggests (the query parameter <c>map</c>); null when nobody said.</summary>
    public string? ColumnMap { get; init; }

    /// <summary>Lines refused so far; stays at <see cref="int.MaxValue"/>.</summary>
    public int RejectedCount { get; private set; }

    /// <summary>Lines taken and refused so far; blank lines, comments and headers do not count. Stays at <see cref="int.MaxValue"/>.</summary>
    public int ReceivedCount => Saturating.Sum(Batch.Count, RejectedCount);

    /// <summary>
    /// Whether the body itself says that it holds no flows: an empty JSON array, or the log of a quiet hour with its header only. Nothing at all does
    /// not say so.
    /// </summary>
    public bool IsMeantEmpty { get; private set; }

    /// <summary>The first refused lines, in order.</summary>
    public IReadOnlyList<FlowRejection> Rejections => _rejections;

    /// <summary>Records that were understood and are no flows, by kind: other events of a log, packets without IP. Counts stay at <see cref="int.MaxValue"/>.</summary>
    public IReadOnlyDictionary<string, int> Skipped => _skipped;

    /// <summary>Notes that the body is well-formed even if no flow comes.</summary>
    public void AllowEmpty() => IsMeantEmpty = true;

    /// <summary>Asks whether one more flow may come.</summary>
    /// <exception cref="FlowLimitException">It may not.</exception>
    public void Admit() => admit?.Invoke(Batch.Count);

    /// <summary>Counts a record that was understood and is no flow.</summary>
    /// <param name="kind">What it is, in one or two words; from the hundredth on all kinds count as one.</param>
    public void Skip(string kind)
    {
        kind = _skipped.Count < SkippedKinds || _skipped.ContainsKey(kind) ? kind : OtherKinds;
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_skipped, kind, out _);
        count = Saturating.Next(count);
    }

    /// <summary>Counts a refused line.</summary>
    public void Reject(int line, string reason)
    {
        RejectedCount = Saturating.Next(RejectedCount);
        if (_rejections.Count < ListedRejections)
        {
            _rejections.Add(new FlowRejection(line, reason));
        }
    }
}
