using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Ingest.Duplicates;

/// <summary>
/// What a batch brings that is new, and what others have stored already. Until it is completed, batches with the same flows wait for it: only what is
/// durable makes another flow a duplicate.
/// </summary>
internal sealed class DuplicateClaim(DuplicateFilter filter)
{
    // Continuations run elsewhere: a batch that waited must not be stored on the thread of the one it waited for.
    private readonly TaskCompletionSource<bool> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Flows of the batch that are new.</summary>
    public List<SeenFlow> Own { get; } = [];

    /// <summary>Rows of the batch, as it was read, whose flow is known from another sensor, ascending.</summary>
    public List<int> Rows { get; } = [];

    /// <summary>For each of <see cref="Rows"/> the sensor that saw it too, and the flow as it was stored first.</summary>
    public List<(SeenFlow First, string Sensor)> Duplicates { get; } = [];

    /// <summary>Whether the batch was stored, once that is known.</summary>
    public Task<bool> Stored => _stored.Task;

    /// <summary>Who saw which flow too.</summary>
    /// <param name="firstFlowId">Id of the first flow of the batch.</param>
    public List<FlowSighting> Sightings(long firstFlowId)
    {
        foreach (var seen in Own)
        {
            seen.FlowId = firstFlowId + seen.Row;
        }

        return [.. Duplicates.Select(duplicate => new FlowSighting(duplicate.First.FlowId, duplicate.Sensor))];
    }

    /// <summary>Ends the claim, whatever became of the batch. What was not stored is forgotten.</summary>
    public void Complete(bool isStored)
    {
        if (!isStored)
        {
            filter.Forget(Own);
        }

        // Remembered flows hold on to this claim; the lists would keep all flows of the batch as long as one of them.
        Own.Clear();
        Duplicates.Clear();
        _stored.TrySetResult(isStored);
    }
}
