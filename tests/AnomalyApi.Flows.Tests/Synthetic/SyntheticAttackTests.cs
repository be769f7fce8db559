using AnomalyApi.Detection;
using AnomalyApi.Flows.Synthetic;

namespace AnomalyApi.Flows.Tests.Synthetic;

public class SyntheticAttackTests
{
    private static readonly DateTime Midnight = new(2024, 4, 18, 0, 0, 0, DateTimeKind.Utc);

    public static TheoryData<string> Names => [.. SyntheticAttackCatalog.All.Select(attack => attack.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_attack_is_labelled_in_order_and_leaves_the_clock(string name)
    {
        var traffic = new SyntheticTraffic(7, Midnight);
        traffic.Normal(10);
        var clock = traffic.Clock;
        var attack = SyntheticAttackCatalog.Get(name);

        var flows = traffic.Attack(attack, 50);

        Assert.Equal(50, flows.Count);
        Assert.Equal(clock, traffic.Clock);
        Assert.Equal(clock, flows[0].Start);
        Assert.Equal(flows.OrderBy(flow => flow.Start), flows);
        Assert.All(flows, flow => Assert.Equal(attack.Name, flow.Label));
        Assert.Equal(RowLabel.Anomaly, FlowLabels.Meaning(attack.Name));
        Assert.Matches(@"^T\d{4}(\.\d{3})?$", attack.Technique);
        Assert.Matches(@"^[a-z]+(-[a-z]+)*$", attack.Name);
        Assert.EndsWith(".", attack.Summary, StringComparison.Ordinal);
        Assert.InRange(attack.TypicalFlows, 10, 10_000);
    }

    [Fact]
    public void Names_are_found_in_any_case_and_others_are_refused_with_the_list()
    {
        Assert.Equal(SyntheticAttackCatalog.All.Count, SyntheticAttackCatalog.All.Select(attack => attack.Name).Distinct().Count());
        Assert.Equal("beacon", SyntheticAttackCatalog.Get("Beacon").Name);
        Assert.Contains("vertical-scan, ", Assert.Throws<ArgumentException>(() => SyntheticAttackCatalog.Get("scan")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scans_try_ports_hosts_or_take_their_time()
    {
        var vertical = Flows("vertical-scan", 1_000);
        Assert.Single(vertical.Select(flow => (flow.Source, flow.Destination)).Distinct());
        Assert.Equal(1_000, vertical.Select(flow => flow.DestinationPort).Distinct().Count());

        var horizontal = Flows("horizontal-scan", 500);
        Assert.Single(horizontal.Select(flow => (flow.Source, flow.DestinationPort)).Distinct());
        Assert.Equal(500, horizontal.Select(flow => flow.Destination).Distinct().Count());

        var slow = Flows("slow-scan", 48);
        Assert.All(Gaps(slow), gap => Assert.InRange(gap, 200, 400));
        Assert.Equal(48, slow.Select(flow => (flow.Destination, flow.DestinationPort)).Distinct().Count());
    }

    [Fact]
    public void A_beacon_has_a_beat_with_jitter_and_one_size()
    {
        var beacon = Flows("beacon", 60);

        Assert.All(Gaps(beacon), gap => Assert.InRange(gap, 48, 72));
        Assert.True(Gaps(beacon).Max() - Gaps(beacon).Min() > 15);
        Assert.Single(beacon.Select(flow => (flow.Source, flow.Destination, flow.DestinationPort, flow.ForwardBytes)).Distinct());
    }

    [Fact]
    public void Floods_hit_one_server_from_many_addresses_at_speed()
    {
        foreach (var name in (string[])["syn-flood", "udp-amplification"])
        {
            var flood = Flows(name, 500);
            Assert.Single(flood.Select(flow => flow.Destination).Distinct());
            Assert.True(flood.Select(flow => flow.Source).Distinct().Count() > 450);
            Assert.True((flood[^1].Start - flood[0].Start).TotalSeconds < 2);
            Assert.All(flood, flow => Assert.Equal(0, flow.ReversePackets));
        }

        Assert.True(Flows("udp-amplification", 500).Average(flow => flow.ForwardBytes) > 20_000);
    }

    [Fact]
    public void Data_leaves_fast_or_slowly_or_in_names()
    {
        Assert.All(Flows("fast-exfiltration", 10), flow => Assert.InRange(flow.ForwardBytes!.Value, 1_000_000_000, uint.MaxValue));
        Assert.All(Flows("slow-exfiltration", 40), flow => Assert.InRange(flow.ForwardBytes!.Value, 2_000_000, 8_000_000));
        Assert.All(Gaps(Flows("slow-exfiltration", 40)), gap => Assert.InRange(gap, 270, 330));
        Assert.All(Flows("dns-tunnel", 100), flow => Assert.True(flow is { DestinationPort: 53, ForwardBytes: > 240, ReverseBytes: > 600 }));
    }

    [Fact]
    public void Machines_that_were_taken_over_guess_spread_and_mine()
    {
        var guesses = Flows("brute-force", 100);
        Assert.Single(guesses.Select(flow => (flow.Source, flow.Destination, flow.DestinationPort)).Distinct());

        var spread = Flows("lateral-movement", 60);
        Assert.Single(spread.Select(flow => flow.Source).Distinct());
        Assert.True(spread.Select(flow => flow.Destination).Distinct().Count() > 20);
        Assert.All(spread, flow => Assert.Equal(FlowDirection.Internal, flow.Direction));

        Assert.All(Flows("crypto-mining", 12), flow => Assert.InRange(flow.Duration!.Value.TotalMinutes, 15, 240));
    }

    private static IReadOnlyList<FlowRecord> Flows(string name, int count) => new SyntheticTraffic(7, Midnight).Attack(SyntheticAttackCatalog.Get(name), count);

    private static IEnumerable<double> Gaps(IReadOnlyList<FlowRecord> flows) => flows.Zip(flows.Skip(1), (one, next) => (next.Start - one.Start).TotalSeconds);
}
