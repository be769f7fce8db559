using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

/// <summary>
/// Every text file of the shared data, with what must come of it. The numbers are the sources' own: what their SOURCE.md or manifest says, or a count of the lines
/// that this test makes without a reader. Exports and captures have their tables in <c>NetFlow/</c> and <c>PacketCapture/</c>.
/// </summary>
[Trait("Data", "Shared")]
public class SharedFileTests
{
    private const string Zeek = "application/x-zeek-conn";
    private const string Eve = "application/x-suricata-eve";
    private const string Argus = "text/x-argus-binetflow";
    private const string Csv = "text/csv";

    /// <summary>File, media type, flows, skipped records by kind, and where the numbers are from. None of them has a line that is rejected.</summary>
    public static TheoryData<string, string, int, string, string> Files() => new()
    {
        { "zeek/001-njrat-conn.log.labeled.gz", Zeek, 992, "", "SOURCE.md" },
        { "zeek/002-portscan-conn.log.gz", Zeek, 4504, "", "SOURCE.md" },
        { "zeek/003-androidrat-conn.log.gz", Zeek, 361, "", "SOURCE.md" },
        { "zeek/005-simda-conn.log.gz", Zeek, 992, "", "SOURCE.md" },
        { "zeek/008-mixed-conn.log.labeled.gz", Zeek, 5663, "", "SOURCE.md" },
        { "zeek/011-mixed-conn.log.labeled.gz", Zeek, 9048, "", "SOURCE.md" },
        { "zeek/json-conn.log.gz", Zeek, 1000, "", "SOURCE.md" },
        { "zeek/json-allfields-conn.log.gz", Zeek, 29, "", "lines" },
        { "suricata/eve-malicious.json.gz", Eve, 3512, "alert 745, anomaly 3, dns 680, fileinfo 3, http 56, tls 1", "SOURCE.md: event types" },
        { "suricata/eve-sample.json", Eve, 0, "alert 13", "lines" },
        { "binetflow/ctu-malware-2018-labelled.tabs.binetflow.gz", Argus, 6721, "arp 2, llc 1, man 1", "6,724 rows of SOURCE.md and the start record of Argus, by Proto" },
        { "binetflow/test2-malicious.binetflow.gz", Argus, 6751, "", "SOURCE.md" },
        { "binetflow/test3-mixed.binetflow.gz", Argus, 89, "", "SOURCE.md" },
        { "binetflow/test4-malicious.binetflow.gz", Argus, 392, "arp 2", "394 rows of SOURCE.md, by Proto" },
        { "binetflow/test11-portscan.binetflow.gz", Argus, 66, "", "SOURCE.md" },
        { "binetflow/argus-udata-sample.binetflow.gz", Argus, 91, "arp 6, llc 2", "99 rows of SOURCE.md, by Proto" },
        { "unsw-nb15/unsw_raw_head.csv.gz", Csv, 12_060, "arp 82", "12,142 rows of SOURCE.md, by proto" },
    };

    /// <summary>Files that hold no flows, or not in a form that is read, and what is said of them.</summary>
    public static TheoryData<string, string, string> Refused() => new()
    {
        { "zeek/005-simda-dns.log.gz", Zeek, "this is Zeek's 'dns' log. Only conn logs hold flows." },
        { "zeek/011-mixed-ssl.log.labeled.gz", Zeek, "this is Zeek's 'ssl' log. Only conn logs hold flows." },
        // Columns by their width, ports behind a colon: for people, as nfdump prints when nobody asks for -o csv.
        { "binetflow/nfdump-text-sample.txt", Csv, "none of it is start, src_ip, dst_ip. It has: Date flow start, Duration, Proto, Src IP Addr:Port" },
        { "binetflow/nfdump-text-sample.txt", Argus, "it does not name StartTime, SrcAddr, DstAddr." },
        { "cicids2017-sample/m1.csv.gz", Csv, "none of it is start, src_ip, dst_ip, protocol. It has: Destination Port, Flow Duration" },
        { "unsw-nb15/UNSW_NB15_82332.csv.gz", Csv, "none of it is start, src_ip, dst_ip. It has: id, dur, proto" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_gives_the_flows_that_its_source_counts(string file, string mediaType, int flows, string skipped, string source)
    {
        var body = Read(file);
        var target = await FlowBodies.ReadAsync(mediaType, body);
        using var batch = target.Batch;

        Assert.Equal(flows, batch.Count);
        Assert.Empty(target.Rejections);
        Assert.Equal(0, target.RejectedCount);
        Assert.Equal(skipped, string.Join(", ", target.Skipped.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}")));
        Assert.True(RecordLines(body, mediaType) == batch.Count + target.Skipped.Values.Sum(), $"The file has other lines than its source says ({source}).");
        Assert.Equal(mediaType, FlowFormatCatalog.Recognize(body.AsSpan(0, Math.Min(body.Length, FlowFormatCatalog.HeadBytes)))!.ContentTypes[0]);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_file_that_is_not_read_is_refused_with_what_it_is(string file, string mediaType, string text)
    {
        var refusal = await Assert.ThrowsAsync<FlowFormatException>(() => FlowBodies.ReadAsync(mediaType, Read(file)));

        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_is_in_a_table()
    {
        var known = Files().Select(row => row.Data.Item1).Concat(Refused().Select(row => row.Data.Item1)).ToHashSet();

        foreach (var folder in (string[])["zeek", "suricata", "binetflow"])
        {
            Assert.All(
                Directory.GetFiles(SharedData.Path(folder)).Select(path => $"{folder}/{Path.GetFileName(path)}").Where(file => !file.EndsWith(".md", StringComparison.Ordinal)),
                file => Assert.Contains(file, known));
        }
    }

    // 105,918 records in all, says SOURCE.md; of each hour the lines that are no comment.
    [Fact]
    public async Task Each_of_seventy_two_hours_gives_the_flows_that_its_lines_are()
    {
        var all = 0;
        var files = Directory.GetFiles(SharedData.Path("zeek-72h"), "*.gz", SearchOption.AllDirectories);
        foreach (var file in files)
        {
            var body = Read(Path.GetRelativePath(SharedData.Folder!, file));
            var target = await FlowBodies.ReadAsync(Zeek, body);
            using var batch = target.Batch;
            Assert.Equal((RecordLines(body, Zeek), 0, 0), (batch.Count, target.RejectedCount, target.Skipped.Count));
            all += batch.Count;
        }

        Assert.Equal((72, 105_918), (files.Length, all));
    }

    // What Argus made of the captures: manifest.csv has the number of its flows, with those that have no IP, and counts the header with them.
    [Fact]
    public async Task Each_table_of_Argus_beside_the_captures_gives_the_flows_of_the_manifest()
    {
        var files = Directory.GetFiles(SharedData.Path("pcap", "flows"), "*.binetflow");
        var manifest = File.ReadLines(SharedData.Path("pcap", "manifest.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(row => row[0].Replace(".gz", "", StringComparison.Ordinal), row => row[^2]);
        Assert.Equal(50, files.Length);
        foreach (var file in files)
        {
            var body = File.ReadAllBytes(file);
            var target = await FlowBodies.ReadAsync(Argus, body);
            using var batch = target.Batch;
            Assert.Equal(
                int.Parse(manifest[Path.GetFileNameWithoutExtension(file)], CultureInfo.InvariantCulture), batch.Count + target.Skipped.Values.Sum() + 1);
            Assert.Equal(0, target.RejectedCount);
            Assert.Equal(WithoutIp(body), target.Skipped.Values.Sum());
        }
    }

    // Of 745 alerts 423 belong to 366 of the 3,512 flows; two are of severity 3 and their flows have no other.
    [Fact]
    public async Task Alerts_of_Suricata_mark_the_flows_that_have_their_id()
    {
        var body = Read("suricata/eve-malicious.json.gz");
        var target = await FlowBodies.ReadAsync(Eve, body);
        using var batch = target.Batch;
        var alerts = new Dictionary<long, (int Severity, string Signature)>();
        var expected = new List<string?>();
        var lines = Lines(body).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        foreach (var line in lines.Where(line => line.GetProperty("event_type").GetString() == "alert"))
        {
            var alert = (line.GetProperty("alert").GetProperty("severity").GetInt32(), line.GetProperty("alert").GetProperty("signature").GetString()!);
            var id = line.GetProperty("flow_id").GetInt64();
            if (!alerts.TryGetValue(id, out var known) || alert.Item1 < known.Severity)
            {
                alerts[id] = alert;
            }
        }

        foreach (var line in lines.Where(line => line.GetProperty("event_type").GetString() == "flow"))
        {
            expected.Add(alerts.TryGetValue(line.GetProperty("flow_id").GetInt64(), out var alert)
                ? (alert.Severity < 3 ? FlowLabels.Alert : FlowLabels.InformationalAlert) + alert.Signature
                : null);
        }

        Assert.Equal(366, expected.Count(label => label is not null));
        Assert.Equal((IEnumerable<string?>)expected, batch.Label.ToArray());
    }

    private static byte[] Read(string file)
    {
        var path = SharedData.Path(file.Split('/'));
        using var stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(path), CompressionMode.Decompress) : (Stream)File.OpenRead(path);
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }

    private static IEnumerable<string> Lines(byte[] body) => Encoding.UTF8.GetString(body).Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0);

    // Lines that are neither comments nor, where there is one, the header.
    private static int RecordLines(byte[] body, string mediaType) =>
        Lines(body).Count(line => mediaType != Zeek || line[0] != '#') - (mediaType is Argus or Csv ? 1 : 0);

    private static int WithoutIp(byte[] body) =>
        Lines(body).Skip(1).Count(line => line.Split(',')[2] is "arp" or "llc" or "man" or "pppoe");
}
