using System.Globalization;
using System.Net;
using System.Text.Json;
using AnomalyApi.Flows;
using AnomalyApi.Ingest.Duplicates;
using AnomalyApi.Storage.Writing;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Tests.Ingest;

public sealed class DuplicateTests
{
    private static readonly (string, string)[] OneGroup = [("Duplicates:Groups:0", "edge, core"), ("Duplicates:Groups:1", "lab-1,lab-2")];

    [Fact]
    public async Task A_flow_that_two_sensors_of_a_group_report_is_stored_and_counted_once()
    {
        await using var service = await TestService.StartAsync(settings: OneGroup);

        var first = await SendAsync(service, "edge", Flow(0), Flow(1));
        // The other exporter is a second late and sees the answer first, so its ends are swapped.
        var second = await SendAsync(service, "core", Flow(1, start: 1, swap: true), Flow(2));

        Assert.False(first.TryGetProperty("duplicates", out _));
        Assert.Equal((2, 2, 1), (second.GetProperty("received").GetInt32(), second.GetProperty("accepted").GetInt32(), second.GetProperty("duplicates").GetInt32()));
        var flows = (await service.GetAsync("/v1/flows")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["edge", "edge", "core"], flows.Select(flow => flow.GetProperty("sensor").GetString()));
        Assert.Equal([false, true, false], flows.Select(flow => flow.TryGetProperty("seen_by", out _)));
        Assert.Equal("core", flows[1].GetProperty("seen_by")[0].GetString());
        Assert.Equal(3, (await service.GetAsync("/v1/stats")).GetProperty("flows").GetInt64());
        using var metrics = await service.Admin.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("anomaly_flows_duplicate_total{format=\"ndjson\"} 1", await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_another_sensor_of_the_same_group_at_the_same_time_makes_a_duplicate()
    {
        await using var service = await TestService.StartAsync(settings: OneGroup);
        await SendAsync(service, "edge", Flow(0));

        foreach (var (sensor, start) in new[] { ("edge", 0), ("lab-1", 0), ("elsewhere", 0), ("core", 60) })
        {
            Assert.False((await SendAsync(service, sensor, Flow(0, start))).TryGetProperty("duplicates", out _), $"{sensor} at {start}");
        }
    }

    [Fact]
    public async Task Without_groups_everything_that_is_sent_is_stored()
    {
        await using var service = await TestService.StartAsync();
        await SendAsync(service, "edge", Flow(0));
        await SendAsync(service, "core", Flow(0));

        Assert.Equal(2, (await service.GetAsync("/v1/flows")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_star_stands_for_every_other_sensor_and_one_batch_may_hold_both_views()
    {
        await using var service = await TestService.StartAsync(settings: [("Duplicates:Groups:0", "*")]);

        var answer = await SendAsync(service, null, Flow(0, sensor: "a"), Flow(0, sensor: "b"), Flow(0, sensor: "c"), Flow(1, sensor: "c"));

        Assert.Equal(2, answer.GetProperty("duplicates").GetInt32());
        Assert.Equal(4, answer.GetProperty("scores").GetArrayLength());
        var flows = (await service.GetAsync("/v1/flows")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["b", "c"], flows[0].GetProperty("seen_by").EnumerateArray().Select(sensor => sensor.GetString()));
        Assert.Equal(2, flows.Count);
    }

    [Fact]
    public async Task A_retry_with_its_key_gives_the_first_answer_and_makes_no_duplicate_of_itself()
    {
        await using var service = await TestService.StartAsync(settings: OneGroup);
        await SendAsync(service, "edge", Flow(0));

        var first = await SendAsync(service, "core", "k", [Flow(0), Flow(1)]);
        var again = await SendAsync(service, "core", "k", [Flow(0), Flow(1)]);

        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal(2, (await service.GetAsync("/v1/flows")).GetProperty("items").GetArrayLength());
        Assert.Equal(1, (await SendAsync(service, "edge", Flow(1))).GetProperty("duplicates").GetInt32());
    }

    [Fact]
    public async Task However_many_sensors_send_at_once_each_flow_is_stored_once()
    {
        await using var service = await TestService.StartAsync(settings: [("Duplicates:Groups:0", "*")]);
        var flows = Enumerable.Range(0, 200).Select(number => Flow(number)).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(sensor => SendAsync(service, $"sensor-{sensor}", flows)));

        Assert.Equal(7 * 200, answers.Sum(answer => answer.TryGetProperty("duplicates", out var duplicates) ? duplicates.GetInt32() : 0));
        var stored = (await service.GetAsync("/v1/flows?limit=1000")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(200, stored.Count);
        Assert.All(stored, flow => Assert.Equal(7, flow.GetProperty("seen_by").GetArrayLength()));
    }

    [Fact]
    public async Task A_flow_whose_first_batch_was_not_stored_is_new()
    {
        var filter = Filter(new DuplicateOptions { Groups = ["a,b"] });
        using var first = Batch("a", 1);
        using var second = Batch("b", 1);
        var failing = (await filter.ClaimAsync(first, default))!;
        var waiting = filter.ClaimAsync(second, default);
        Assert.False(waiting.IsCompleted);

        failing.Complete(CommitOutcome.Unavailable);

        var claim = (await waiting)!;
        Assert.Empty(claim.Rows);
        claim.Complete(CommitOutcome.Committed);
        using var third = Batch("a", 1);
        Assert.Equal([0], (await filter.ClaimAsync(third, default))!.Rows);
    }

    [Fact]
    public async Task Of_two_that_wait_for_a_batch_that_fails_one_is_the_first()
    {
        var filter = Filter(new DuplicateOptions { Groups = ["a,b,c"] });
        using var first = Batch("a", 1);
        using var second = Batch("b", 1);
        using var third = Batch("c", 1);
        var failing = (await filter.ClaimAsync(first, default))!;
        var one = StoreAsync(second);
        var other = StoreAsync(third);

        failing.Complete(CommitOutcome.Unavailable);

        Assert.Equal([0, 1], new[] { await one, await other }.Order());

        async Task<int> StoreAsync(FlowBatch batch)
        {
            var claim = (await filter.ClaimAsync(batch, default))!;
            await Task.Delay(50);
            var duplicates = claim.Rows.Count;
            claim.Complete(CommitOutcome.Committed);
            return duplicates;
        }
    }

    [Fact]
    public async Task A_flow_whose_batch_was_stored_before_is_known_all_the_same()
    {
        var filter = Filter(new DuplicateOptions { Groups = ["a,b"] });
        using var first = Batch("a", 1);
        using var second = Batch("b", 1);
        var original = (await filter.ClaimAsync(first, default))!;
        original.Sightings(firstFlowId: 41);
        original.Complete(CommitOutcome.Committed);
        var replay = (await filter.ClaimAsync(first, default))!;
        var waiting = filter.ClaimAsync(second, default).AsTask();
        replay.Complete(CommitOutcome.Replayed);
        Assert.Equal([0], (await waiting)!.Rows);

        using var third = Batch("b", 1);
        Assert.Equal(41, Assert.Single((await filter.ClaimAsync(third, default))!.Sightings(50)).FlowId);

        // After a restart only the replay is known, and not under which id its flows are stored.
        var restarted = Filter(new DuplicateOptions { Groups = ["a,b"] });
        (await restarted.ClaimAsync(first, default))!.Complete(CommitOutcome.Replayed);
        var late = (await restarted.ClaimAsync(second, default))!;
        Assert.Equal([0], late.Rows);
        Assert.Empty(late.Sightings(60));
    }

    [Fact]
    public async Task What_is_remembered_is_bounded_in_number_and_in_time()
    {
        var clock = new ManualClock();
        var filter = new DuplicateFilter(Options.Create(new DuplicateOptions { Groups = ["a,b"], MaxFlows = 1_000, Window = TimeSpan.FromMinutes(1) }), clock);
        using var many = Batch("a", 3_000);
        (await filter.ClaimAsync(many, default))!.Complete(CommitOutcome.Committed);
        using (var next = Batch("b", 3_000))
        {
            var claim = (await filter.ClaimAsync(next, default))!;
            Assert.Equal(1_000, claim.Rows.Count);
            claim.Complete(CommitOutcome.Committed);
        }

        clock.Advance(TimeSpan.FromMinutes(2));
        using var late = Batch("a", 1, firstPort: 5_000);
        (await filter.ClaimAsync(late, default))!.Complete(CommitOutcome.Committed);
        Assert.Equal(1, filter.Remembered);
    }

    [Fact]
    public async Task One_key_a_hundred_thousand_times_takes_no_longer_than_any_other()
    {
        var filter = Filter(new DuplicateOptions { Groups = ["a,b"] });
        using var batch = FlowBatch.Rent();
        for (var i = 0; i < 100_000; i++)
        {
            batch.Add(Record("a", 1) with { Start = DateTime.UnixEpoch.AddSeconds(100 * i) });
        }

        batch.FillCommunityIds();
        var claim = filter.ClaimAsync(batch, default);
        Assert.True(claim.IsCompleted);
        (await claim)!.Complete(CommitOutcome.Unavailable);
        Assert.Equal(100_000, filter.Remembered);
    }

    [Theory]
    [InlineData("a,,b", "'a,,b' has a name that is empty.")]
    [InlineData("a", "'a' is one sensor alone; name two or more, with commas between them.")]
    [InlineData("a,b,a", "'a' stands twice; a sensor is in one group.")]
    public void A_group_that_contradicts_itself_is_refused(string group, string reason) =>
        Assert.Equal(reason, Assert.Single(new DuplicateOptions { Groups = [group] }.Validate(new(new object()))).ErrorMessage);

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }

    private static DuplicateFilter Filter(DuplicateOptions options) => new(Options.Create(options), TimeProvider.System);

    private static FlowBatch Batch(string sensor, int flows, int firstPort = 1)
    {
        var batch = FlowBatch.Rent();
        for (var i = 0; i < flows; i++)
        {
            batch.Add(Record(sensor, firstPort + i));
        }

        batch.FillCommunityIds();
        return batch;
    }

    private static FlowRecord Record(string sensor, int port) => new()
    {
        Start = DateTime.UnixEpoch.AddYears(50),
        Source = IpAddressValue.Parse("10.0.0.1"),
        Destination = IpAddressValue.Parse("10.0.0.2"),
        SourcePort = port,
        DestinationPort = 443,
        Protocol = 6,
        Sensor = sensor,
    };

    private static string Flow(int number, int start = 0, bool swap = false, string? sensor = null)
    {
        var client = $"\"{(swap ? "dst" : "src")}_ip\":\"10.0.0.5\",\"{(swap ? "dst" : "src")}_port\":{(40_000 + number).ToString(CultureInfo.InvariantCulture)}";
        var server = $"\"{(swap ? "src" : "dst")}_ip\":\"192.0.2.1\",\"{(swap ? "src" : "dst")}_port\":443";
        return $"{{\"start\":{1785830400 + start},\"duration\":0.5,{client},{server},\"protocol\":\"tcp\"{(sensor is null ? "" : $",\"sensor\":\"{sensor}\"")}}}";
    }

    private static Task<JsonElement> SendAsync(TestService service, string? sensor, params string[] flows) => SendAsync(service, sensor, null, flows);

    private static async Task<JsonElement> SendAsync(TestService service, string? sensor, string? key, IEnumerable<string> flows)
    {
        using var answer = await service.PostAsync(SomeBodies.Lines(flows), path: $"/v1/flows?scores=all{(sensor is null ? "" : $"&sensor={sensor}")}", key: key);
        return await TestService.JsonAsync(answer, HttpStatusCode.OK);
    }
}
