using AnomalyApi.Flows.Synthetic;

namespace AnomalyApi.Cli.Simulate;

/// <summary>What one <c>anomaly simulate</c> was asked for, checked.</summary>
internal sealed record SimulateRequest
{
    /// <summary>Flows a second; null for as fast as it goes.</summary>
    public required double? Rate { get; init; }

    /// <summary>Flows to make at most.</summary>
    public required long Count { get; init; }

    /// <summary>How long the traffic lasts, by the clock of its flows; null when the count says it.</summary>
    public required TimeSpan? Duration { get; init; }

    /// <summary>Mean flows an hour, of traffic without a rate.</summary>
    public required double FlowsPerHour { get; init; }

    public required IReadOnlyList<SyntheticAttack> Attacks { get; init; }

    public required double AttackShare { get; init; }

    /// <summary>A name of <see cref="Writers.FlowWriterCatalog"/>.</summary>
    public required string Format { get; init; }

    public required int Seed { get; init; }

    /// <summary>UTC time of the first flow; null so that the last is about now.</summary>
    public required DateTime? Start { get; init; }

    /// <summary>File to write; <c>-</c> for the output.</summary>
    public required string Out { get; init; }

    /// <summary>Service or collector to send to; null to write a file.</summary>
    public required string? To { get; init; }

    public required string? Key { get; init; }

    /// <summary>Flows of one request.</summary>
    public required int Batch { get; init; }

    /// <summary>Requests at the same time.</summary>
    public required int Connections { get; init; }
}
