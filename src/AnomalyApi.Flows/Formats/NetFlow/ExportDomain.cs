namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>One observation domain of an exporter: v9's source id, IPFIX's domain, v5's engine, sFlow's sub-agent.</summary>
internal sealed class ExportDomain(ExporterState exporter, byte version, uint id)
{
    /// <summary>Follows its sequence numbers.</summary>
    public SequenceCheck Sequence;

    /// <summary>Whose it is.</summary>
    public ExporterState Exporter { get; } = exporter;

    /// <summary>Protocol version: 5, 7, 9, 10, or 0 for sFlow.</summary>
    public byte Version { get; } = version;

    /// <summary>Its number.</summary>
    public uint Id { get; } = id;

    /// <summary>Its templates by number.</summary>
    public Dictionary<ushort, FlowTemplate> Templates { get; } = [];

    /// <summary>What it said about its sampling; null when nothing.</summary>
    public SamplingRates? Sampling { get; set; }

    /// <summary>When the exporter started, as its options say, in microseconds since 1970; 0 when they do not.</summary>
    public long SystemInit { get; set; }

    /// <summary>Whether both directions of a flow have come, so that a flow without answer was not answered.</summary>
    public bool ShowsBothDirections { get; set; }
}
