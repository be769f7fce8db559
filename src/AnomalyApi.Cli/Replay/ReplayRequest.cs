namespace AnomalyApi.Cli.Replay;

/// <summary>What one <c>anomaly replay</c> was asked for, checked.</summary>
internal sealed record ReplayRequest
{
    public required IReadOnlyList<FlowFile> Files { get; init; }

    /// <summary>Where the service takes flows.</summary>
    public required Uri To { get; init; }

    public required string? Key { get; init; }

    /// <summary>Times as fast as it happened; null for as fast as it goes.</summary>
    public required double? Speed { get; init; }

    /// <summary>Whether flows keep their times.</summary>
    public required bool KeepsTime { get; init; }

    /// <summary>Flows of one request at most.</summary>
    public required int Batch { get; init; }

    /// <summary>Requests at the same time.</summary>
    public required int Connections { get; init; }
}
