namespace AnomalyApi.Ingest;

/// <summary>
/// Bounds the flows that all batches in progress hold together, from reading to the answer, so that neither many large batches nor a few bytes that
/// unpack to millions of flows can exhaust the memory. Thread-safe.
/// </summary>
/// <param name="capacity">Flows in progress at most.</param>
internal sealed class FlowBudget(int capacity)
{
    /// <summary>Flows taken at a time: a batch of one costs one step, and a large one asks seldom.</summary>
    public const int Step = 1_024;

    private long _taken;

    /// <summary>Takes a step; false when the budget is spent.</summary>
    public bool TryTake()
    {
        if (Interlocked.Add(ref _taken, Step) <= Math.Max(capacity, Step))
        {
            return true;
        }

        Release(Step);
        return false;
    }

    /// <summary>Gives flows back that were taken.</summary>
    public void Release(long flows) => Interlocked.Add(ref _taken, -flows);
}
