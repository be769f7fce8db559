namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>What a <see cref="NetFlowDecoder"/> was given so far.</summary>
public sealed record NetFlowStatistics
{
    /// <summary>Datagrams, in order or not.</summary>
    public long Datagrams { get; init; }

    /// <summary>Datagrams that were not in order.</summary>
    public long Malformed { get; init; }

    /// <summary>Exporters that were forgotten, since there were too many.</summary>
    public long ForgottenExporters { get; init; }

    /// <summary>One-way records that wait for their other direction.</summary>
    public int Waiting { get; init; }

    /// <summary>Data sets that wait for their template.</summary>
    public int HeldSets { get; init; }

    /// <summary>Templates known.</summary>
    public int Templates { get; init; }

    /// <summary>The counts of all exporters together, with those that were forgotten.</summary>
    public required ExporterStatistics Totals { get; init; }

    /// <summary>The exporters, in no order.</summary>
    public required IReadOnlyList<ExporterStatistics> Exporters { get; init; }
}
