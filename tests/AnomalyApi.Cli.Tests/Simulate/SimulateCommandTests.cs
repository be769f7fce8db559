using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AnomalyApi.Cli.Tests.Sending;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;

namespace AnomalyApi.Cli.Tests.Simulate;

public sealed class SimulateCommandTests : IDisposable
{
    private const string Start = "2026-11-24T09:00:00Z";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_options_write_the_same_file()
    {
        var first = await FileAsync("a", "--count", "500", "--start", Start);
        var again = await FileAsync("b", "--count", "500", "--start", Start);
        var other = await FileAsync("c", "--count", "500", "--start", Start, "--seed", "2");

        Assert.Equal(500, first.Length);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task Without_attacks_it_is_the_everyday_work_of_the_library()
    {
        var lines = await FileAsync("a", "--count", "200", "--start", Start, "--attacks", "none", "--seed", "7");

        Assert.Equal(new SyntheticTraffic(7, DateTime.Parse(Start, null).ToUniversalTime()).Normal(200).Select(NativeFlowJson.ToJson), lines);
    }

    [Fact]
    public async Task Attacks_that_are_named_are_planted_and_no_others()
    {
        var lines = await FileAsync("a", "--count", "2000", "--start", Start, "--attacks", "SYN-flood,horizontal-scan", "--attack-share", "0.2");

        Assert.Equal(["benign", "horizontal-scan", "syn-flood"], Labels(lines).Distinct().Order());
        Assert.InRange(Labels(lines).Count(label => label != "benign"), 300, 500);
    }

    [Fact]
    public async Task A_duration_is_of_the_flows_clock_and_ends_about_now()
    {
        var lines = await FileAsync("a", "--duration", "2h", "--attacks", "none");

        var starts = lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("start").GetDateTime()).ToList();
        Assert.InRange(starts[^1] - starts[0], TimeSpan.FromHours(1.9), TimeSpan.FromHours(2));
        Assert.InRange(starts[^1], DateTime.UtcNow.AddMinutes(-10), DateTime.UtcNow);
    }

    [Fact]
    public async Task A_rate_is_kept_and_says_what_time_it_is()
    {
        var before = DateTime.UtcNow;
        var lines = await FileAsync("a", "--rate", "1000", "--count", "300", "--attacks", "none");

        Assert.InRange(DateTime.UtcNow - before, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(30));
        Assert.InRange(JsonDocument.Parse(lines[0]).RootElement.GetProperty("start").GetDateTime(), before, DateTime.UtcNow);
        Assert.Equal(300, lines.Length);
    }

    [Fact]
    public async Task Flows_are_posted_and_the_table_says_what_was_found()
    {
        using var service = new FakeService();

        var run = await CommandRun.Of(
            "simulate", "--count", "2500", "--start", Start, "--to", service.Address, "--key", "secret", "--batch", "1000", "--attacks", "vertical-scan", "--attack-share", "0.1");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(2_500, service.Lines.Count());
        Assert.Equal(3, service.Requests.Count);
        Assert.All(service.Requests, request => Assert.Equal(("/v1/flows", "secret", "application/x-ndjson"), (request.Path, request.ApiKey, request.ContentType)));
        Assert.Equal(3, service.Requests.Select(request => request.BatchKey).Distinct().Count());
        var scans = service.Lines.Count(line => line.Contains("vertical-scan", StringComparison.Ordinal));
        Assert.Contains($"2500 flows accepted, 0 rejected, {scans} anomalies (0 low, 0 medium, {scans} high, 0 critical), 0 retries", run.Output, StringComparison.Ordinal);
        Assert.Matches($@"vertical-scan\s+{scans}\s+{scans}\s+100\.00", run.Output);
        Assert.Matches(@"benign\s+\d+\s+0\s+0\.00", run.Output);
    }

    [Fact]
    public async Task Datagrams_go_to_a_collector_one_message_each()
    {
        using var collector = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)collector.Client.LocalEndPoint!).Port;

        var run = await CommandRun.Of("simulate", "--count", "40", "--start", Start, "--format", "ipfix", "--to", $"udp://127.0.0.1:{port}");

        Assert.Equal(0, run.ExitCode);
        var datagrams = 0;
        for (; collector.Available > 0; datagrams++)
        {
            var message = (await collector.ReceiveAsync(TestContext.Current.CancellationToken)).Buffer;
            Assert.Equal((10, message.Length), ((message[0] << 8) | message[1], (message[2] << 8) | message[3]));
        }

        Assert.InRange(datagrams, 2, 10);
    }

    [Theory]
    [InlineData("--attacks scan", "'scan' is not one of: vertical-scan, ")]
    [InlineData("--format pcap", "'pcap' is not one of: ndjson, json, zeek, eve, csv, netflow5, ipfix.")]
    [InlineData("--rate fast", "'fast' is neither max nor a number")]
    [InlineData("--duration 5", "'5' is no duration such as 90s")]
    [InlineData("--start soon", "'soon' is no time")]
    [InlineData("--attack-share 0.95", "allowed are 0 to 0.9")]
    [InlineData("--count 0", "--count is 0")]
    [InlineData("--out /nowhere/at/all.ndjson", "cannot be written")]
    [InlineData("--to localhost:8080", "is not an address such as http://")]
    [InlineData("--to udp://127.0.0.1:2055", "takes the formats netflow5 and ipfix, not ndjson")]
    [InlineData("--to udp://127.0.0.1 --format ipfix", "is not an address such as udp://")]
    [InlineData("--to http://127.0.0.1:1 --out x", "give one of the two")]
    [InlineData("--to http://127.0.0.1:1", "http://127.0.0.1:1/v1/flows cannot be reached")]
    [InlineData("--key x", "--key is for --to")]
    [InlineData("--to http://127.0.0.1:1 --key @/nowhere", "'/nowhere' cannot be read")]
    [InlineData("--rate 5 --flows-per-hour 7", "--flows-per-hour is for --rate max")]
    public async Task What_cannot_be_is_refused_in_one_line(string options, string reason) =>
        (await CommandRun.Of(["simulate", .. options.Split(' ')])).IsRefused(reason);

    private static IEnumerable<string> Labels(string[] lines) => lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("label").GetString()!);

    private async Task<string[]> FileAsync(string name, params string[] options)
    {
        var run = await CommandRun.Of(["simulate", "--out", _folder[name], .. options]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        return await File.ReadAllLinesAsync(_folder[name], TestContext.Current.CancellationToken);
    }
}
