using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Ingest.Duplicates;

/// <summary>
/// What a batch brings that is new, and what others have stored already. Until it is completed, batches with the same flows wait for it: only what is
/// durable makes another flow a duplicate.
/// </summary>
/// <param name="filter">Where the flows are remembered.</param>
/// <param name="number">Grows from claim to claim.</param>
internal sealed class DuplicateClaim(DuplicateFilter filter, long number)
{
    // Continuations run elsewhere: a batch that waited must not be stored on the thread of the one it waited for.
    private readonly TaskCompletionSource<bool> _durable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Grows from claim to claim.</summary>
    public long Number => number;

    /// <summary>Whether it waits for no other claim any more. Under the lock of the filter.</summary>
    public bool IsSettled { get; set; }

    /// <summary>Flows of the batch that are new.</summary>
    public List<SeenFlow> Own { get; } = [];

    /// <summary>Rows of the batch, as it was read, whose flow is known from another sensor, ascending.</summary>
    public List<int> Rows { get; } = [];

    /// <summary>For each of <see cref="Rows"/> the sensor that saw it too, and the flow as it was stored first.</summary>
    public List<(SeenFlow First, string Sensor)> Duplicates { get; } = [];

    /// <summary>Whether its flows are durable, once that is known.</summary>
    public Task<bool> Durable => _durable.Task;

    /// <summary>Who saw which flow too, as far as the first one's id is known.</summary>
    /// <param name="firstFlowId">Id of the first flow of the batch.</param>
    public List<FlowSighting> Sightings(long firstFlowId)
    {
        foreach (var seen in Own)
        {
            seen.FlowId = firstFlowId + seen.Row;
        }

        return [.. Duplicates.Where(duplicate => duplicate.First.FlowId != SeenFlow.UnknownId)
            .Select(duplicate => new FlowSighting(duplicate.First.FlowId, duplicate.Sensor))];
    }

    /// <summary>Ends the claim. Flows of a batch that was stored before stay remembered without an id; what was not stored is forgotten.</summary>
    public void Complete(CommitOutcome outcome)
    {
        var isDurable = outcome is CommitOutcome.Committed or CommitOutcome.Replayed;
        if (!isDurable)
        {
            filter.Forget(Own);
        }
        else if (outcome == CommitOutcome.Replayed)
        {
            filter.KeepAsReplayed(Own);
        }

        // Remembered flows hold on to this claim; the lists would keep all flows of the batch as long as one of them.
        Own.Clear();
        Duplicates.Clear();
        _durable.TrySetResult(isDurable);
    }
}
