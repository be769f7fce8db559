using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats.NetFlow;

namespace AnomalyApi.Collectors;

/// <summary>An exporter and what it has sent in this process. Records = flows + paired + waiting + skipped + rejected.</summary>
/// <param name="Address">Where its datagrams come from.</param>
/// <param name="Sensor">Sensor of its flows.</param>
/// <param name="Protocols">What it speaks: netflow5, netflow7, netflow9, ipfix, sflow5.</param>
/// <param name="LastSeen">When it was last heard; null when not since the start.</param>
/// <param name="Datagrams">Datagrams decoded.</param>
/// <param name="Malformed">Those that were not in order.</param>
/// <param name="Records">Records of flows and samples.</param>
/// <param name="OptionsRecords">Records about the exporter itself.</param>
/// <param name="Flows">Flows that came of them.</param>
/// <param name="Paired">Records joined to that of the other direction.</param>
/// <param name="Skipped">Records that are no flows.</param>
/// <param name="Rejected">Records that were refused.</param>
/// <param name="Templates">Templates known.</param>
/// <param name="TemplatesRefused">Templates that were damaged or too many.</param>
/// <param name="SetsHeld">Data sets that came before their template.</param>
/// <param name="SetsDecodedLate">Those that were decoded when it came.</param>
/// <param name="SetsExpired">Data sets whose template did not come, or that found no room to wait.</param>
/// <param name="Missed">What its sequence numbers miss: flows of NetFlow v5, packets of v9, records of IPFIX, datagrams of sFlow.</param>
/// <param name="Restarts">How often it began anew.</param>
/// <param name="SamplingInterval">One packet in how many it looks at, as it said last.</param>
internal sealed record ExporterView(
    string Address,
    string? Sensor,
    IReadOnlyList<string> Protocols,
    DateTime? LastSeen,
    long Datagrams,
    long Malformed,
    long Records,
    long OptionsRecords,
    long Flows,
    long Paired,
    long Skipped,
    long Rejected,
    int Templates,
    long TemplatesRefused,
    long SetsHeld,
    long SetsDecodedLate,
    long SetsExpired,
    long Missed,
    long Restarts,
    int SamplingInterval)
{
    public static ExporterView Of(ExporterStatistics exporter) => new(
        exporter.Address.ToString(),
        exporter.Sensor,
        [.. exporter.Versions.Select(version => version switch { 0 => "sflow5", 10 => "ipfix", _ => $"netflow{version}" })],
        exporter.LastSeen == 0 ? null : FlowTime.FromMicroseconds(exporter.LastSeen),
        exporter.Datagrams,
        exporter.Malformed,
        exporter.Records,
        exporter.OptionsRecords,
        exporter.Flows,
        exporter.Paired,
        exporter.Skipped,
        exporter.Rejected,
        exporter.Templates,
        exporter.TemplatesRefused,
        exporter.SetsHeld,
        exporter.SetsDecodedLate,
        exporter.SetsExpired,
        exporter.MissedFlows + exporter.MissedPackets + exporter.MissedRecords + exporter.MissedDatagrams,
        exporter.Restarts,
        exporter.SamplingInterval);
}
