namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>A template made ready for reading: only what says something about a flow, with its place in the record.</summary>
internal sealed class FlowTemplate
{
    /// <summary>Length of a field that each record says itself (RFC 7011, section 7).</summary>
    public const ushort VariableLength = 65_535;

    /// <summary>Its number in its domain, 256 or more.</summary>
    public required ushort Id { get; init; }

    /// <summary>Whether it came as IPFIX writes templates; else as NetFlow v9.</summary>
    public required bool IsIpfix { get; init; }

    /// <summary>The fields as they came, to tell whether a later template is another, and to keep over a restart.</summary>
    public required byte[] Raw { get; init; }

    /// <summary>How many fields there are.</summary>
    public required int FieldCount { get; init; }

    /// <summary>How many of them are scopes; 0 for templates of flows.</summary>
    public required int ScopeCount { get; init; }

    /// <summary>Whether its records are about the exporter, not flows.</summary>
    public required bool IsOptions { get; init; }

    /// <summary>Bytes of a record, or of the shortest where they vary.</summary>
    public required int RecordLength { get; init; }

    /// <summary>Fields to walk through, where the place of a value is not the same in each record; null where it is.</summary>
    public required TemplateField[]? Walk { get; init; }

    /// <summary>What to read.</summary>
    public required TemplateStep[] Steps { get; init; }

    /// <summary>Bit i is set when slot i is read.</summary>
    public required ulong Present { get; init; }

    /// <summary>How the start is written.</summary>
    public required TimeUnit StartUnit { get; init; }

    /// <summary>How the end is written.</summary>
    public required TimeUnit EndUnit { get; init; }

    /// <summary>How the duration is written.</summary>
    public required TimeUnit DurationUnit { get; init; }

    /// <summary>Whether the packet in the record begins with its IP header; else with its link header.</summary>
    public required bool SectionIsIp { get; init; }

    /// <summary>Whether records hold a value for the slot.</summary>
    public bool Has(int slot) => (Present & (1UL << slot)) != 0;
}
