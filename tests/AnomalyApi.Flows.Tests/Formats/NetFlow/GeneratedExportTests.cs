using System.Globalization;
using System.Text;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.NetFlow;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>Exports that softflowd made of captures, record by record against what nfdump read from the same datagrams.</summary>
[Trait("Data", "Shared")]
public class GeneratedExportTests
{
    private const string SshBruteForce = "stratospherelinuxips_test19-malicious-ssh-malicious-ssh-bruteforce";

    // Counts of records from SOURCE.md of the data: what nfdump counted.
    [Theory]
    [InlineData("ndpi_synscan.v5", 2002)]
    [InlineData("ndpi_synscan.v9", 2002)]
    [InlineData("ndpi_synscan.ipfix", 2002)]
    [InlineData("ndpi_synscan.ipfix-biflow", 1994)]
    [InlineData("zeek_ftp-bruteforce.v5", 60)]
    [InlineData("zeek_ftp-bruteforce.v9", 60)]
    [InlineData("zeek_ftp-bruteforce.ipfix", 60)]
    [InlineData("zeek_ftp-bruteforce.ipfix-biflow", 30)]
    [InlineData(SshBruteForce + ".v5", 134)]
    [InlineData(SshBruteForce + ".v9", 134)]
    [InlineData(SshBruteForce + ".ipfix", 134)]
    [InlineData(SshBruteForce + ".ipfix-biflow", 67)]
    [InlineData("ndpi_1kxun.v5", 272)]
    [InlineData("ndpi_1kxun.v9", 297)]
    [InlineData("ndpi_1kxun.ipfix", 297)]
    [InlineData("ndpi_1kxun.ipfix-biflow", 197)]
    [InlineData("packets_http_espn.v5", 78)]
    [InlineData("packets_http_espn.v9", 78)]
    [InlineData("packets_http_espn.ipfix", 78)]
    [InlineData("packets_http_espn.ipfix-biflow", 39)]
    [InlineData("zeek_echo-connections.v5", 1000)]
    [InlineData("zeek_echo-connections.v9", 1000)]
    [InlineData("zeek_echo-connections.ipfix", 1000)]
    [InlineData("zeek_echo-connections.ipfix-biflow", 1000)]
    [InlineData("zeek_communityid-icmp6.v9", 20)]
    [InlineData("zeek_communityid-icmp6.ipfix", 20)]
    [InlineData("zeek_communityid-icmp6.ipfix-biflow", 20)]
    public async Task An_export_gives_the_records_that_nfdump_reads(string name, int records)
    {
        var isV9 = name.EndsWith(".v9", StringComparison.Ordinal);
        var isBiflow = name.EndsWith("biflow", StringComparison.Ordinal);
        var decoder = new NetFlowDecoder(ExportFiles.Apart);
        using var batch = FlowBatch.Rent();
        var target = new FlowReadTarget(batch);
        foreach (var (exporter, datagram, time) in await ExportFiles.DatagramsAsync("generated", name + ".pcap.gz"))
        {
            Assert.True(decoder.Decode(exporter, datagram, time, target));
        }

        decoder.Flush(target);
        Assert.Empty(target.Rejections);
        var expected = Encoding.UTF8.GetString(ExportFiles.Read("generated", name + ".nfdump.csv.gz"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => OfNfdump(line, isBiflow, isV9)).Order(StringComparer.Ordinal);
        var actual = Enumerable.Range(0, batch.Count).Select(row => OfFlow(batch, row, isBiflow, isV9)).Order(StringComparer.Ordinal);
        Assert.Equal(records, batch.Count);
        Assert.Equal(expected, actual);
        var statistics = Assert.Single(decoder.Statistics().Exporters);
        Assert.Equal((records, 0L), (statistics.Records, statistics.MissedFlows + statistics.MissedPackets + statistics.MissedRecords));
    }

    private static string OfNfdump(string line, bool isBiflow, bool isV9)
    {
        var columns = line.Split(',');
        Assert.True(IpProtocols.TryParse(Encoding.UTF8.GetBytes(columns[7]), out var protocol), columns[7]);
        var start = DateTime.ParseExact(columns[0], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        // The letters stand in the order of the bits, CWR first.
        var flags = columns[8].Aggregate(0, (bits, letter) => (bits << 1) | (letter == '.' ? 0 : 1));
        return Show(
            start, decimal.Parse(columns[2], CultureInfo.InvariantCulture), columns[3], columns[4], int.Parse(columns[5], CultureInfo.InvariantCulture),
            int.Parse(columns[6], CultureInfo.InvariantCulture), protocol, flags, columns[11..15].Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray(), isBiflow, isV9);
    }

    private static string OfFlow(FlowBatch batch, int row, bool isBiflow, bool isV9)
    {
        var (sourcePort, destinationPort) = (batch.SourcePort[row], batch.DestinationPort[row]);
        Assert.True(batch.ReversePackets[row] < 0 == !isBiflow);
        if (batch.Protocol[row] is IpProtocols.Icmp or IpProtocols.Icmp6)
        {
            (sourcePort, destinationPort) = (0, (sourcePort << 8) | destinationPort);
        }

        var start = FlowTime.FromMicroseconds(batch.StartMicroseconds[row]);
        return Show(
            start.AddTicks(-(start.Ticks % TimeSpan.TicksPerSecond)), batch.DurationMicroseconds[row] / 1_000_000m, batch.Source[row].ToString(),
            batch.Destination[row].ToString(), Math.Max(0, sourcePort), Math.Max(0, destinationPort), batch.Protocol[row], batch.TcpFlags[row],
            [batch.ForwardPackets[row], batch.ForwardBytes[row], Math.Max(0, batch.ReversePackets[row]), Math.Max(0, batch.ReverseBytes[row])], isBiflow, isV9);
    }

    private static string Show(
        DateTime start, decimal seconds, string source, string destination, int sourcePort, int destinationPort, byte protocol, int flags, long[] counts, bool isBiflow, bool isV9)
    {
        // nfdump shows the flags of one direction of a biflow, we join both; and it leaves out the ICMPv6 type of v9 (element 139), which we read.
        flags = isBiflow || protocol != IpProtocols.Tcp ? 0 : flags;
        destinationPort = isV9 && protocol == IpProtocols.Icmp6 ? 0 : destinationPort;
        var isIcmp = protocol is IpProtocols.Icmp or IpProtocols.Icmp6;
        if (isBiflow && string.CompareOrdinal($"{source} {sourcePort:D5}", $"{destination} {destinationPort:D5}") > 0)
        {
            // softflowd orders the two ends by address; we put the originator first.
            (source, destination) = (destination, source);
            (sourcePort, destinationPort) = isIcmp ? (sourcePort, destinationPort) : (destinationPort, sourcePort);
            counts = [counts[2], counts[3], counts[0], counts[1]];
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{start:s} {seconds:F3} {source}:{sourcePort} {destination}:{destinationPort} {protocol} {flags:X2} {string.Join(' ', counts)}");
    }
}
