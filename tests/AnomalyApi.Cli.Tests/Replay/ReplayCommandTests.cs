using System.Text.Json;
using AnomalyApi.Cli.Tests.Sending;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;

namespace AnomalyApi.Cli.Tests.Replay;

public sealed class ReplayCommandTests : IDisposable
{
    private static readonly DateTime Start = new(2024, 4, 18, 9, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_of_any_format_are_sent_and_the_tables_say_what_became_of_them()
    {
        using var service = new FakeService();
        var flows = new SyntheticTraffic(7, Start).Attack(SyntheticAttackCatalog.Get("vertical-scan"), 30);
        var native = _folder.Write("native.ndjson", NativeFlowJson.ToNdjson(flows.Concat(new SyntheticTraffic(7, Start).Normal(70))));
        var zeek = await SimulatedAsync("conn.log", "zeek");
        var ipfix = await SimulatedAsync("flows.ipfix", "ipfix");

        var run = await CommandRun.Of("replay", native, zeek, ipfix, "--to", service.Address + "/", "--key", "secret", "--batch", "40");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(100 + 50 + 50, service.Lines.Count());
        Assert.All(service.Requests, request => Assert.Equal(("/v1/flows", "secret", "application/x-ndjson"), (request.Path, request.ApiKey, request.ContentType)));
        Assert.Matches(@"native\.ndjson\s+ndjson\s+100\s+0\s+0\s+100\s+0\s+0\s+0\s+30\s+0", run.Output);
        Assert.Matches(@"conn\.log\s+zeek-conn\s+50\s+0\s+0\s+50", run.Output);
        Assert.Matches(@"flows\.ipfix\s+netflow\s+50\s+0\s+0\s+50", run.Output);
        Assert.Matches(@"vertical-scan\s+30\s+30\s+100\.00", run.Output);
    }

    [Fact]
    public async Task A_gzipped_file_is_unpacked_and_its_last_flow_is_now()
    {
        using var service = new FakeService();
        var flows = new SyntheticTraffic(7, Start).Normal(50);
        var file = _folder.WriteGzip("flows.gz", System.Text.Encoding.UTF8.GetString(NativeFlowJson.ToNdjson(flows)));

        var before = DateTime.UtcNow;
        var run = await CommandRun.Of("replay", file, "--to", service.Address);

        Assert.Equal(0, run.ExitCode);
        var starts = Starts(service);
        Assert.InRange(starts[^1], before.AddMilliseconds(-1), DateTime.UtcNow);
        Assert.Equal(flows.Select(flow => flow.Start - flows[0].Start), starts.Select(start => start - starts[0]));
    }

    [Fact]
    public async Task Times_are_kept_when_asked()
    {
        using var service = new FakeService();
        var flows = new SyntheticTraffic(7, Start).Normal(50);

        await CommandRun.Of("replay", _folder.Write("flows", NativeFlowJson.ToNdjson(flows)), "--to", service.Address, "--keep-time");

        Assert.Equal(flows.Select(NativeFlowJson.ToJson), service.Lines);
    }

    [Fact]
    public async Task A_speed_spaces_the_flows_and_stamps_them_with_the_time_they_are_sent()
    {
        using var service = new FakeService();
        var flows = new SyntheticTraffic(7, Start) { FlowsPerHour = 3600 * 10, IsSteady = true }.Normal(100);

        var before = DateTime.UtcNow;
        var run = await CommandRun.Of("replay", _folder.Write("flows", NativeFlowJson.ToNdjson(flows)), "--to", service.Address, "--speed", "10x");

        // Ten seconds in one.
        Assert.Equal(0, run.ExitCode);
        Assert.InRange(DateTime.UtcNow - before, TimeSpan.FromSeconds(0.7), TimeSpan.FromSeconds(30));
        Assert.InRange(service.Requests.Count, 3, 12);
        var starts = Starts(service);
        Assert.Equal((flows[^1].Start - flows[0].Start).TotalSeconds / 10, (starts[^1] - starts[0]).TotalSeconds, 0.001);
    }

    [Fact]
    public async Task A_busy_service_gets_the_same_batch_again_under_the_same_key()
    {
        using var service = new FakeService { Refuse = before => before < 2 ? (before == 0 ? 503 : 429, """{"detail":"Busy."}""") : null };

        var run = await CommandRun.Of("replay", await SimulatedAsync("a", "ndjson"), "--to", service.Address, "--connections", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, service.Requests.Count);
        Assert.Single(service.Requests.Select(request => request.BatchKey).Distinct());
        Assert.Equal(50, service.Lines.Count());
        Assert.Matches(@"\s2\s*\n", run.Output);
    }

    [Fact]
    public async Task Bad_records_and_rejected_flows_are_told()
    {
        using var service = new FakeService { Refuse = _ => (422, """{"type":"urn:anomaly-api:problem:no-flow-accepted","detail":"No line is a flow."}""") };
        var lines = await File.ReadAllTextAsync(await SimulatedAsync("a", "ndjson"), TestContext.Current.CancellationToken);

        var run = await CommandRun.Of("replay", _folder.Write("b", lines + "{}\n"), "--to", service.Address);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 records were not understood, the first because: start is missing.", run.Error, StringComparison.Ordinal);
        Assert.Contains("the service rejected 50 flows, the first because: No line is a flow.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "does not know the key (401): Who?")]
    [InlineData(403, "does not let this key send flows (403): Who?")]
    [InlineData(413, "Make it smaller with --batch.")]
    [InlineData(404, "refuses the batch (404): Who?")]
    public async Task A_refusal_for_good_ends_it_in_one_line(int status, string reason)
    {
        using var service = new FakeService { Refuse = _ => (status, """{"detail":"Who?"}""") };

        (await CommandRun.Of("replay", await SimulatedAsync("a", "ndjson"), "--to", service.Address, "--batch", "10")).IsRefused(reason);
    }

    [Fact]
    public async Task Another_service_is_told_from_ours()
    {
        using var service = new FakeService { Refuse = _ => (200, "<html>") };

        (await CommandRun.Of("replay", await SimulatedAsync("a", "ndjson"), "--to", service.Address)).IsRefused("is not the address of AnomalyApi");
    }

    [Fact]
    public async Task Nothing_is_sent_when_a_file_cannot_be_read()
    {
        using var service = new FakeService();
        var good = await SimulatedAsync("a", "ndjson");

        (await CommandRun.Of("replay", good, _folder["missing"], "--to", service.Address)).IsRefused("There is no file");
        (await CommandRun.Of("replay", good, _folder.Write("b", "what is this?"), "--to", service.Address)).IsRefused("is in no format that is known", "--content-type");
        (await CommandRun.Of("replay", good, _folder.Write("c", "[{"), "--content-type", "json", "--to", service.Address)).IsRefused("cannot be read");
        Assert.Empty(service.Requests);
    }

    [Theory]
    [InlineData("--speed fast", "'fast' is neither max nor")]
    [InlineData("--content-type text/html", "'text/html' is not one of: json, ndjson, ")]
    [InlineData("--batch 0", "--batch is 0; allowed are 1 to 100000.")]
    public async Task What_cannot_be_is_refused_in_one_line(string options, string reason) =>
        (await CommandRun.Of(["replay", await SimulatedAsync("a", "ndjson"), "--to", "http://127.0.0.1:1", .. options.Split(' ')])).IsRefused(reason);

    [Fact]
    public async Task A_service_that_is_not_there_is_named() =>
        (await CommandRun.Of("replay", await SimulatedAsync("a", "ndjson"), "--to", "http://127.0.0.1:1")).IsRefused("http://127.0.0.1:1/v1/flows cannot be reached");

    private static List<DateTime> Starts(FakeService service) =>
        [.. service.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("start").GetDateTime())];

    private async Task<string> SimulatedAsync(string name, string format)
    {
        var run = await CommandRun.Of("simulate", "--count", "50", "--start", "2024-04-18T09:00:00Z", "--attacks", "none", "--format", format, "--out", _folder[name]);
        Assert.Equal(0, run.ExitCode);
        return _folder[name];
    }
}
