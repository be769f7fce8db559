namespace AnomalyApi.Flows.Formats;

/// <summary>Where a format puts what it reads: flows that are good, and reasons for those that are not. One reader at a time.</summary>
/// <param name="batch">Receives the flows; stays the caller's.</param>
/// <param name="defaultSensor">Sensor of flows that do not name one.</param>
/// <param name="admit">Called with the count before each flow is added; throws <see cref="FlowLimitException"/> when no more may come.</param>
public sealed class FlowReadTarget(FlowBatch batch, string? defaultSensor = null, Action<int>? admit = null)
{
    /// <summary>How many rejections are kept with their reason. All are counted.</summary>
    public const int ListedRejections = 100;

    private readonly List<FlowRejection> _rejections = [];

    /// <summary>The flows taken so far.</summary>
    public FlowBatch Batch { get; } = batch;

    /// <summary>Sensor of flows that do not name one.</summary>
    public string? DefaultSensor { get; } = defaultSensor;

    /// <summary>Lines refused so far.</summary>
    public int RejectedCount { get; private set; }

    /// <summary>Lines taken and refused so far; blank lines, comments and headers do not count.</summary>
    public int ReceivedCount => Batch.Count + RejectedCount;

    /// <summary>
    /// Whether the body itself says that it holds no flows: an empty JSON array, or the log of a quiet hour with its header only. Nothing at all does
    /// not say so.
    /// </summary>
    public bool IsMeantEmpty { get; private set; }

    /// <summary>The first refused lines, in order.</summary>
    public IReadOnlyList<FlowRejection> Rejections => _rejections;

    /// <summary>Notes that the body is well-formed even if no flow comes.</summary>
    public void AllowEmpty() => IsMeantEmpty = true;

    /// <summary>Asks whether one more flow may come.</summary>
    /// <exception cref="FlowLimitException">It may not.</exception>
    public void Admit() => admit?.Invoke(Batch.Count);

    /// <summary>Counts a refused line.</summary>
    public void Reject(int line, string reason)
    {
        RejectedCount++;
        if (_rejections.Count < ListedRejections)
        {
            _rejections.Add(new FlowRejection(line, reason));
        }
    }
}
