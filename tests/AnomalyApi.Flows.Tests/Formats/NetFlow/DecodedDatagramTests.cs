using System.Globalization;
using System.Text.Json;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.NetFlow;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>Datagrams of real exporters, field by field against what tshark reads in them.</summary>
[Trait("Data", "Shared")]
public class DecodedDatagramTests
{
    // Flows where tshark stops early, counted otherwise.
    private static readonly Dictionary<string, int> MoreThanTshark = new()
    {
        // A field of the wrong length ends tshark's reading; we have no use for the field. The header counts 16 records.
        ["netflow9_test_h3c"] = 16,
        // Three messages in one datagram, of which tshark reads the first. The sequence number of the last is 12.
        ["ipfix"] = 12,
        // The header counts two records, so tshark stops behind the two templates; two data sets of one record each follow.
        ["netflow9_test_invalid01"] = 2,
    };

    // Has the ports a second time, of TCP (182) and of UDP (181) alone and 0 for other protocols, and tshark shows these in place of the first: 7, and 11 with
    // the ICMP type 8.
    private const string TwoPorts = "netflow9_test_cisco_nbar";

    // Uptimes are numbers of 32 bits. Like nfdump we take one that lies more than an hour ahead of the export for one from before an overflow.
    private const long UptimeOverflow = (1L << 32) * 1000;
    private const long ClockSlack = 3_600_000_000;

    public static TheoryData<string, string> Captures()
    {
        var all = new TheoryData<string, string>();
        if (Testing.SharedData.Folder is null)
        {
            return all;
        }

        foreach (var line in File.ReadAllLines(Testing.SharedData.Path("netflow", "decoded", "ORDER.txt")))
        {
            var parts = line.Split(": ", 2);
            all.Add(parts[0], parts[1]);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void An_exporter_is_read_as_tshark_reads_it(string name, string files)
    {
        var decoder = new NetFlowDecoder(ExportFiles.Apart);
        using var batch = FlowBatch.Rent();
        var target = new FlowReadTarget(batch);
        var wellFormed = true;
        foreach (var file in files.Split(' '))
        {
            wellFormed &= decoder.Decode(default, ExportFiles.Read("datagrams", file), 0, target);
        }

        // Its header counts 55582 records; thirty are there, and are read.
        Assert.Equal(name != "netflow5_test_invalid01", wellFormed);
        using var json = JsonDocument.Parse(ExportFiles.Read("decoded", name + ".json.gz"));
        var row = 0;
        foreach (var datagram in json.RootElement.EnumerateArray())
        {
            var header = datagram.GetProperty("cflow");
            foreach (var flow in FlowsOf(header).Where(IsFlow))
            {
                CompareEnds(flow, batch, row, name == TwoPorts);
                CompareCounts(flow, batch, row);
                CompareTimes(header, flow, batch, row);
                row++;
            }
        }

        Assert.Equal(MoreThanTshark.GetValueOrDefault(name, row), batch.Count);
    }

    // Sets and records are nested under names of their own.
    private static IEnumerable<JsonElement> FlowsOf(JsonElement element)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (property.Name.StartsWith("pdu ", StringComparison.Ordinal) || property.Name.StartsWith("Flow ", StringComparison.Ordinal))
            {
                yield return property.Value;
            }
            else if (property.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var flow in FlowsOf(property.Value))
                {
                    yield return flow;
                }
            }
        }
    }

    // Records of options and of stations of a wireless network have no addresses; a firewall's word that a flow began counts nothing yet.
    private static bool IsFlow(JsonElement flow) =>
        (Text(flow, "srcaddr") ?? Text(flow, "srcaddrv6")) is not null
        && !(Text(flow, "firewall_event") == "1" && (Number(flow, "octets") ?? Number(flow, "permanent_octets") ?? Number(flow, "initiator_octets") ?? 0) == 0);

    private static void CompareEnds(JsonElement flow, FlowBatch batch, int row, bool hasTwoPorts)
    {
        Assert.Equal(Text(flow, "srcaddr") ?? Text(flow, "srcaddrv6"), batch.Source[row].ToString());
        Assert.Equal(Text(flow, "dstaddr") ?? Text(flow, "dstaddrv6"), batch.Destination[row].ToString());
        Assert.Equal(Number(flow, "protocol"), batch.Protocol[row]);
        if (batch.Protocol[row] is IpProtocols.Icmp or IpProtocols.Icmp6)
        {
            var expected = hasTwoPorts ? 8 * 256 : Number(flow, "icmp_ipv4_type") is { } type ? (type * 256) + Number(flow, "icmp_ipv4_code")
                : Text(flow, "icmp_type_code_ipv4") is { } both && both != "0x0000" ? Convert.ToInt64(both, 16) : Number(flow, "dstport");
            Assert.Equal(expected, (batch.SourcePort[row] * 256) + batch.DestinationPort[row]);
        }
        else if (IpProtocols.HasPorts(batch.Protocol[row]))
        {
            Assert.Equal(Number(flow, "dstport"), batch.DestinationPort[row]);
            Assert.True(hasTwoPorts || Number(flow, "srcport") == batch.SourcePort[row]);
        }
        else
        {
            Assert.Equal((-1, -1), (batch.SourcePort[row], batch.DestinationPort[row]));
        }
    }

    private static void CompareCounts(JsonElement flow, FlowBatch batch, int row)
    {
        var bytes = Number(flow, "initiator_octets") ?? Number(flow, "octets") ?? Number(flow, "permanent_octets") ?? -1;
        var packets = Number(flow, "packets") ?? -1;
        Assert.Equal((packets, bytes), (Unscaled(batch.ForwardPackets[row]), Unscaled(batch.ForwardBytes[row])));
        Assert.Equal(Number(flow, "responder_octets") ?? -1, batch.ReverseBytes[row]);
        if (Text(flow, "tcpflags") is { } flags && batch.Protocol[row] == IpProtocols.Tcp)
        {
            Assert.Equal(Convert.ToInt32(flags, 16) & 0xFF, batch.TcpFlags[row]);
        }

        long Unscaled(long count) => count < 0 ? count : count / batch.SamplingInterval[row];
    }

    private static void CompareTimes(JsonElement header, JsonElement flow, FlowBatch batch, int row)
    {
        if (Text(flow, "timedelta") is { } duration && !IsBackwards(duration))
        {
            Assert.Equal(Microseconds(duration), batch.DurationMicroseconds[row]);
        }

        var times = flow.TryGetProperty("cflow.timedelta_tree", out var tree) ? tree : flow;
        if (Text(times, "abstimestart") is { } start && !start.StartsWith("Jan  1, 1970", StringComparison.Ordinal))
        {
            Assert.Equal(start, Show(batch.StartMicroseconds[row]));
        }
        else if (Text(times, "timestart") is { } uptime && Text(header, "sysuptime") is { } exportUptime)
        {
            var exported = header.GetProperty("cflow.timestamp_tree");
            var export = (Number(exported, "unix_secs")!.Value * 1_000_000) + ((Number(exported, "unix_nsecs") ?? 0) / 1000);
            var ahead = Microseconds(uptime) - Microseconds(exportUptime);
            Assert.Equal(export + (ahead > ClockSlack ? ahead - UptimeOverflow : ahead), batch.StartMicroseconds[row]);
        }
    }

    // tshark shows an end before the start as a duration of 49 days; we say none.
    private static bool IsBackwards(string duration) => Microseconds(duration) > int.MaxValue * 1000L;

    private static string? Text(JsonElement flow, string field) =>
        flow.TryGetProperty("cflow." + field, out var value) ? value.GetString() : null;

    private static long? Number(JsonElement flow, string field) =>
        Text(flow, field) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    private static long Microseconds(string seconds) => (long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * 1_000_000);

    private static string Show(long microseconds) =>
        FlowTime.FromMicroseconds(microseconds).ToString("MMM ", CultureInfo.InvariantCulture)
        + FlowTime.FromMicroseconds(microseconds).Day.ToString(CultureInfo.InvariantCulture).PadLeft(2)
        + FlowTime.FromMicroseconds(microseconds).ToString(", yyyy HH:mm:ss.ffffff'000 UTC'", CultureInfo.InvariantCulture);
}
