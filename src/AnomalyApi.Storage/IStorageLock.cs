namespace AnomalyApi.Storage;

/// <summary>A named lock that at most one holder has, across processes. Disposing gives it back; the death of the process does too.</summary>
public interface IStorageLock : IAsyncDisposable
{
    /// <summary>What is locked.</summary>
    string Name { get; }

    /// <summary>Fires when the lock was lost while held: the server or the connection went away, and another process may hold it now.</summary>
    CancellationToken Lost { get; }
}
