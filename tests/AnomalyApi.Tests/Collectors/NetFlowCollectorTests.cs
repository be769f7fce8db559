using System.Net;
using System.Text.Json;
using AnomalyApi.Testing;
using static AnomalyApi.Testing.ExportWriter;

namespace AnomalyApi.Tests.Collectors;

public sealed class NetFlowCollectorTests
{
    private static readonly long Now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private static readonly byte[] Definition = Ipfix(Now, 0, 7, new ExportWriter().Set(2, Template(256, (8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (2, 4))));

    [Fact]
    public async Task Datagrams_become_flows_of_the_named_sensor()
    {
        await using var service = await TestService.StartAsync(settings: [.. Exporter.Settings, ("Collectors:NetFlow:Sensors:127.0.0.1", "edge-1")]);
        using var exporter = await Exporter.ToAsync(service);

        exporter.Send(V5(
            Now, 100_000, 0, 0, V5Record("10.0.0.1", "192.0.2.80", 40_000, 443, 6, 5, 600, 90_000, 91_000, 0x1B),
            V5Record("192.0.2.80", "10.0.0.1", 443, 40_000, 6, 7, 9_000, 90_010, 91_000, 0x1B)));
        var collector = await exporter.UntilAsync("stored", 1);

        var flow = Assert.Single(await exporter.FlowsAsync());
        Assert.Equal(("10.0.0.1", "192.0.2.80", "edge-1", "SF"), (flow.Text("src_ip"), flow.Text("dst_ip"), flow.Text("sensor"), flow.Text("state")));
        Assert.Equal((5, 7), (flow.GetProperty("fwd_packets").GetInt32(), flow.GetProperty("rev_packets").GetInt32()));
        Assert.Equal((1, 1, 0), (Count(collector, "received"), Count(collector, "decoded"), Count(collector, "malformed")));
        var heard = collector.GetProperty("exporters").EnumerateArray().Single();
        Assert.Equal(("127.0.0.1", "edge-1", "netflow5"), (heard.Text("address"), heard.Text("sensor"), heard.GetProperty("protocols")[0].GetString()));
        Assert.Equal((2, 1, 1), (Count(heard, "records"), Count(heard, "flows"), Count(heard, "paired")));
    }

    [Fact]
    public async Task Only_exporters_on_the_list_are_heard()
    {
        await using var service = await TestService.StartAsync(
            settings: [.. Exporter.Settings, ("Collectors:NetFlow:AllowedExporters:0", "192.0.2.0/24"), ("Collectors:NetFlow:AllowedExporters:1", "2001:db8::/32")]);
        using var exporter = await Exporter.ToAsync(service);

        var collector = await exporter.Send(Definition).UntilAsync("refused", 1);

        Assert.Equal((1, 0, 0), (Count(collector, "received"), Count(collector, "decoded"), collector.GetProperty("exporters").GetArrayLength()));
    }

    [Fact]
    public async Task Templates_and_what_waited_survive_a_restart()
    {
        var service = await TestService.StartAsync(settings: [.. Exporter.Settings, ("Collectors:NetFlow:PairingWindow", "00:01:00"), ("Collectors:NetFlow:BatchInterval", "00:01:00")]);
        try
        {
            using (var exporter = await Exporter.ToAsync(service))
            {
                // Waits for its other direction, and then for its batch, when the service stops.
                await exporter.Send(Definition).Send(Data(1)).UntilAsync("waiting_records", 1);
            }

            service = await service.RestartAsync();
            using var again = await Exporter.ToAsync(service);
            Assert.Equal([1], (await again.FlowsAsync()).Select(flow => flow.GetProperty("fwd_packets").GetInt32()));
            var collector = await again.Send(Data(2)).UntilAsync("waiting_records", 1);
            Assert.Equal((0, 1), (Count(collector, "held_sets"), Count(collector, "templates")));
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_is_no_export_is_counted_and_harms_nothing()
    {
        await using var service = await TestService.StartAsync(settings: Exporter.Settings);
        using var exporter = await Exporter.ToAsync(service);
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var noise = new byte[random.Next(1, 600)];
            random.NextBytes(noise);
            noise[0] = (byte)(i % 2);
            exporter.Send(noise);
        }

        exporter.Send([]).Send(Definition).Send(Data(3));
        var collector = await exporter.UntilAsync("stored", 1);

        Assert.Equal(203, Count(collector, "received"));
        Assert.Equal((203 - Count(collector, "decoded"), 0), (Count(collector, "malformed"), Count(collector, "queue_dropped")));
        Assert.True(Count(collector, "decoded") >= 2);
    }

    [Fact]
    public async Task While_the_database_is_away_flows_wait_and_none_is_lost()
    {
        await using var server = PostgresServer.Private();
        await using var service = await TestService.StartAsync("postgres", server, Exporter.Settings);
        using var exporter = await Exporter.ToAsync(service);
        await exporter.Send(Definition).Send(Data(1)).UntilAsync("stored", 1);

        await server.StopServerAsync();
        for (var i = 2; i <= 30; i++)
        {
            exporter.Send(Data(i));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await TestService.UntilAsync(async () => await AwayAsync(service) == HttpStatusCode.ServiceUnavailable, "an outage");
        await server.StartServerAsync();

        var collector = await exporter.UntilAsync("stored", 30);
        Assert.Equal((30, 0, 0), (Count(collector, "stored"), Count(collector, "dropped"), Count(collector, "queue_dropped")));
        Assert.Equal(Enumerable.Range(1, 30), (await exporter.FlowsAsync()).Select(flow => flow.GetProperty("fwd_packets").GetInt32()).Order());
    }

    [Fact]
    public async Task It_is_off_unless_an_endpoint_is_named()
    {
        await using var service = await TestService.StartAsync();

        var collector = await Exporter.CollectorAsync(service);

        Assert.Equal(("netflow", 0), (collector.Text("name"), collector.GetProperty("endpoints").GetArrayLength()));
        Assert.Equal(0, collector.GetProperty("exporters").GetArrayLength());
    }

    [Fact]
    public async Task Its_counts_are_metrics()
    {
        await using var service = await ServiceProcess.StartAsync(
            [.. Exporter.Settings.Where(setting => !setting.Key.EndsWith("Endpoints:0", StringComparison.Ordinal)).SelectMany(setting => new[] { "--" + setting.Key, setting.Value }), "--Collectors:NetFlow:Endpoints:0", "[::]:0"]);
        var endpoint = JsonSerializer.Deserialize<JsonElement>(await service.Admin.GetStringAsync("/v1/collectors", TestContext.Current.CancellationToken))[0].GetProperty("endpoints")[0].Text("address")!;
        using var socket = new System.Net.Sockets.UdpClient();
        socket.Connect(IPAddress.Loopback, IPEndPoint.Parse(endpoint).Port);
        foreach (var datagram in new[] { Data(1), Definition, Data(2, sequence: 6), [1, 2, 3], V9(Now, 0, 1, 1, new ExportWriter().Set(999, new ExportWriter().U32(1))) })
        {
            await socket.SendAsync(datagram, TestContext.Current.CancellationToken);
        }

        var text = "";
        await TestService.UntilAsync(
            async () => (text = await service.Admin.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Contains("anomaly_collector_flows_total{outcome=\"stored\"} 2\n", StringComparison.Ordinal),
            "two flows stored");

        foreach (var line in new[]
        {
            "anomaly_collector_datagrams_total{outcome=\"decoded\"} 4", "anomaly_collector_datagrams_total{outcome=\"malformed\"} 1",
            "anomaly_collector_datagrams_total{outcome=\"refused\"} 0", "anomaly_collector_datagrams_total{outcome=\"queue_dropped\"} 0",
            "anomaly_collector_datagrams_total{outcome=\"kernel_dropped\"} 0", "anomaly_collector_records_total{outcome=\"flow\"} 2",
            "anomaly_collector_sets_total{outcome=\"held\"} 2", "anomaly_collector_sets_total{outcome=\"decoded\"} 1",
            "anomaly_collector_missed_total{protocol=\"ipfix\"} 6", "anomaly_collector_queue_bytes 0", "anomaly_collector_exporters 1", "anomaly_collector_templates 1",
            "anomaly_flows_accepted_total{format=\"netflow\"} 2",
        })
        {
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Endpoints:0", "2055", "not an address and a port")]
    [InlineData("Endpoints:0", "0.0.0.0", "not an address and a port")]
    [InlineData("Endpoints:0", "[::]", "not an address and a port")]
    [InlineData("Endpoints", "0.0.0.0:2055", "Endpoints:0")]
    [InlineData("Endpoints:0", "192.0.2.1:2055", "cannot be listened on")]
    [InlineData("AllowedExporters:0", "10.0.0.0/40", "prefix length")]
    [InlineData("Sensors:edge", "192.0.2.1", "not an IPv4 or IPv6 address")]
    [InlineData("Port", "2055", "not a setting")]
    public async Task A_setting_that_cannot_be_stops_the_start_and_says_why(string setting, string value, string reason)
    {
        var (code, output) = await ServiceProcess.FailAsync([$"--Collectors:NetFlow:{setting}", value]);

        Assert.Equal(1, code);
        Assert.Contains("AnomalyApi does not start", output, StringComparison.Ordinal);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    private static byte[] Data(int packets, int sequence = 0) => Ipfix(
        Now, sequence, 7, new ExportWriter().Set(256, new ExportWriter().Address("10.0.0.1", "10.0.0.2").U16(1_000 + packets, 53).U8(17).U32(packets)));

    private static int Count(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static async Task<HttpStatusCode> AwayAsync(TestService service)
    {
        using var answer = await service.Admin.GetAsync("/v1/flows");
        return answer.StatusCode;
    }
}
