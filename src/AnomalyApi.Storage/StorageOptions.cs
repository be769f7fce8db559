namespace AnomalyApi.Storage;

/// <summary>Where rows are kept, and how much may wait to be written.</summary>
public sealed record StorageOptions
{
    /// <summary>A name of <see cref="Providers.StorageProviderCatalog"/>. Absent: postgres when there is a connection string, else sqlite.</summary>
    public string? Provider { get; init; }

    /// <summary>How to reach the database. Absent with sqlite: <c>anomaly.db</c> in <see cref="DataDirectory"/>.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Folder of the embedded database and of its lock files; made when absent. The default is <c>data</c>.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>Flows that may wait for the writer; beyond it a commit is refused as full. The default is 200,000.</summary>
    public int MaxQueuedFlows { get; init; } = 200_000;

    /// <summary>Flows after which a transaction takes no further batch. The default is 50,000.</summary>
    public int MaxGroupFlows { get; init; } = 50_000;

    /// <summary>How long one statement may take. The default is 30 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
