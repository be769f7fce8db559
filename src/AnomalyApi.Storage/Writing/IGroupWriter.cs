namespace AnomalyApi.Storage.Writing;

/// <summary>Stores groups of batches, each in one transaction. One caller at a time, except for <see cref="Encode"/>.</summary>
internal interface IGroupWriter : IAsyncDisposable
{
    /// <summary>Does on the sender's thread what can be done before the transaction. Thread-safe.</summary>
    IDisposable? Encode(BatchToStore batch);

    /// <summary>Stores <paramref name="group"/>, whose keys differ, and fills in each result. On an exception nothing is known to be stored.</summary>
    Task WriteAsync(IReadOnlyList<PendingBatch> group, CancellationToken cancellationToken);
}
