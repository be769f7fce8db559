namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>What holds for all records of one datagram or message.</summary>
/// <param name="Domain">Who speaks.</param>
/// <param name="ExportTime">When it was sent, as its header says, in microseconds since 1970.</param>
/// <param name="Uptime">Milliseconds since the exporter started; means something where <paramref name="HasUptime"/>.</param>
/// <param name="HasUptime">Whether the header says the uptime: v5 and v9.</param>
/// <param name="Received">When it came, in microseconds since 1970.</param>
/// <param name="Offset">Where it stands in its source, in bytes; 0 for a datagram of its own.</param>
internal readonly record struct ExportMessage(
    ExportDomain Domain, long ExportTime, uint Uptime, bool HasUptime, long Received, long Offset)
{
    private const uint ClockSlack = 3_600_000;

    /// <summary>The same where the header does not say the uptime, and the exporter said when it started.</summary>
    /// <param name="uptime">Milliseconds, of which 32 bits are known.</param>
    /// <param name="systemInit">When it started, in microseconds since 1970.</param>
    public long TimeOfUptime(uint uptime, long systemInit) =>
        (this with { Uptime = unchecked((uint)((ExportTime - systemInit) / 1000)) }).TimeOfUptime(uptime);

    /// <summary>Time of a 32-bit uptime, which may have overflowed since: what lies before the export is in the past, up to 49 days, but for an hour by which
    /// clocks may differ.</summary>
    public long TimeOfUptime(uint uptime)
    {
        var before = unchecked(Uptime - uptime);
        return ExportTime - ((before > uint.MaxValue - ClockSlack ? unchecked((int)before) : (long)before) * 1000);
    }
}
