namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>What one exporter sent so far. Records = flows + paired + skipped + rejected + those that wait for their other direction.</summary>
public sealed record ExporterStatistics
{
    /// <summary>Where its datagrams come from.</summary>
    public required IpAddressValue Address { get; init; }

    /// <summary>Sensor of its flows; null when the reader says it.</summary>
    public string? Sensor { get; init; }

    /// <summary>Protocols it speaks: 5, 7, 9, 10 (IPFIX), 0 (sFlow).</summary>
    public required IReadOnlyList<int> Versions { get; init; }

    /// <summary>Datagrams read, in order or not.</summary>
    public long Datagrams { get; init; }

    /// <summary>Datagrams that were not in order.</summary>
    public long Malformed { get; init; }

    /// <summary>Records of flows, and samples.</summary>
    public long Records { get; init; }

    /// <summary>Records about the exporter itself.</summary>
    public long OptionsRecords { get; init; }

    /// <summary>Records and samples that are no flows.</summary>
    public long Skipped { get; init; }

    /// <summary>Records that were refused.</summary>
    public long Rejected { get; init; }

    /// <summary>Flows written.</summary>
    public long Flows { get; init; }

    /// <summary>Records joined to another.</summary>
    public long Paired { get; init; }

    /// <summary>Data sets that came before their template.</summary>
    public long SetsHeld { get; init; }

    /// <summary>Those of them that were read when it came.</summary>
    public long SetsDecodedLate { get; init; }

    /// <summary>Data sets that were lost, since their template did not come in time or there was no room to wait.</summary>
    public long SetsExpired { get; init; }

    /// <summary>Flows of NetFlow v5 and v7 that the sequence numbers miss.</summary>
    public long MissedFlows { get; init; }

    /// <summary>Packets of NetFlow v9 that the sequence numbers miss.</summary>
    public long MissedPackets { get; init; }

    /// <summary>Records of IPFIX that the sequence numbers miss.</summary>
    public long MissedRecords { get; init; }

    /// <summary>Datagrams of sFlow that the sequence numbers miss.</summary>
    public long MissedDatagrams { get; init; }

    /// <summary>How often it began anew.</summary>
    public long Restarts { get; init; }

    /// <summary>Templates known of it.</summary>
    public int Templates { get; init; }

    /// <summary>Templates that were damaged or too many.</summary>
    public long TemplatesRefused { get; init; }

    /// <summary>The sampling interval it gave last; 1 when none.</summary>
    public int SamplingInterval { get; init; }

    /// <summary>When it was last heard, in microseconds since 1970; 0 when not since the start.</summary>
    public long LastSeen { get; init; }
}
