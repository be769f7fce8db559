namespace AnomalyApi.Storage.Writing;

/// <summary>What became of a batch.</summary>
public enum CommitOutcome
{
    /// <summary>It is stored, durably.</summary>
    Committed,

    /// <summary>The same batch was stored before; nothing changed.</summary>
    Replayed,

    /// <summary>Another body was stored under the same key; nothing changed.</summary>
    KeyReused,

    /// <summary>Too many flows wait already; nothing was queued.</summary>
    QueueFull,

    /// <summary>The database is away; nothing is known to be stored.</summary>
    Unavailable,
}
