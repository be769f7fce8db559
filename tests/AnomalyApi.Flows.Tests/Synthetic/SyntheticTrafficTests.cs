using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Synthetic;

public class SyntheticTrafficTests
{
    private static readonly DateTime Midnight = new(2024, 4, 18, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void The_same_seed_gives_the_same_flows()
    {
        Assert.Equal(new SyntheticTraffic(7, Midnight).Normal(300), new SyntheticTraffic(7, Midnight).Normal(300));
        Assert.NotEqual(new SyntheticTraffic(7, Midnight).Normal(300), new SyntheticTraffic(8, Midnight).Normal(300));
    }

    [Fact]
    public void Normal_flows_are_in_order_and_labelled_benign()
    {
        var flows = new SyntheticTraffic(7, Midnight).Normal(2_000);

        Assert.Equal(flows.OrderBy(flow => flow.Start), flows);
        Assert.All(flows, flow => Assert.Equal(SyntheticTraffic.Benign, flow.Label));
        foreach (var service in (string[])["dns", "ssl", "http", "smtp", "ntp", "ssh", "smb", "rsync"])
        {
            Assert.Contains(flows, flow => flow.Service == service);
        }
    }

    [Fact]
    public void There_is_more_work_by_day_than_by_night()
    {
        var flows = new SyntheticTraffic(7, Midnight) { FlowsPerHour = 500 }.Normal(11_000);
        var firstDay = flows.Where(flow => flow.Start < Midnight.AddDays(1)).ToList();

        Assert.True(firstDay.Count(flow => flow.Start.Hour is 10 or 15) > 3 * firstDay.Count(flow => flow.Start.Hour is 2 or 3));
        Assert.InRange(firstDay.Count, 500 * 24 * 0.75, 11_000);
    }

    [Theory]
    [InlineData(SyntheticAttack.Scan)]
    [InlineData(SyntheticAttack.Exfiltration)]
    [InlineData(SyntheticAttack.Beacon)]
    [InlineData(SyntheticAttack.Flood)]
    public void An_attack_is_labelled_and_leaves_the_clock(SyntheticAttack kind)
    {
        var traffic = new SyntheticTraffic(7, Midnight);
        traffic.Normal(10);
        var clock = traffic.Clock;

        var flows = traffic.Attack(kind, 50);

        Assert.Equal(50, flows.Count);
        Assert.Equal(clock, traffic.Clock);
        Assert.Equal(clock, flows[0].Start);
        Assert.All(flows, flow => Assert.Equal(SyntheticTraffic.LabelOf(kind), flow.Label));
        Assert.Equal(kind.ToString().ToLowerInvariant(), SyntheticTraffic.LabelOf(kind));
    }

    [Fact]
    public void Attacks_do_what_their_names_say()
    {
        var traffic = new SyntheticTraffic(7, Midnight);

        var scan = traffic.Attack(SyntheticAttack.Scan, 200);
        Assert.Single(scan.Select(flow => flow.Source).Distinct());
        Assert.True(scan.Select(flow => (flow.Destination, flow.DestinationPort)).Distinct().Count() > 190);

        var normal = traffic.Normal(1_000);
        Assert.True(traffic.Attack(SyntheticAttack.Exfiltration, 5).Min(flow => flow.ForwardBytes) > normal.Where(flow => flow.Service == "ssl").Max(flow => flow.ForwardBytes));

        var beacon = traffic.Attack(SyntheticAttack.Beacon, 20);
        Assert.All(beacon.Zip(beacon.Skip(1)), pair => Assert.InRange((pair.Second.Start - pair.First.Start).TotalSeconds, 58, 62));

        var flood = traffic.Attack(SyntheticAttack.Flood, 500);
        Assert.Single(flood.Select(flow => flow.Destination).Distinct());
        Assert.True(flood.Select(flow => flow.Source).Distinct().Count() > 50);
    }

    [Fact]
    public async Task Everything_it_makes_is_taken_by_the_formats()
    {
        var traffic = new SyntheticTraffic(9, Midnight);
        List<FlowRecord> flows = [.. traffic.Normal(3_000)];
        foreach (var kind in Enum.GetValues<SyntheticAttack>())
        {
            flows.AddRange(traffic.Attack(kind, 30));
        }

        var target = await FlowBodies.ReadAsync("application/x-ndjson", NativeFlowJson.ToNdjson(flows));

        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        Assert.Equal(flows, Enumerable.Range(0, batch.Count).Select(row => batch.Record(row) with { CommunityId = null }));
    }
}
