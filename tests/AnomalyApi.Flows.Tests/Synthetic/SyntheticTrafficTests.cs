using System.Security.Cryptography;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Synthetic;

public class SyntheticTrafficTests
{
    // A Thursday.
    private static readonly DateTime Midnight = new(2024, 4, 18, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void The_same_seed_gives_the_same_flows()
    {
        Assert.Equal(new SyntheticTraffic(7, Midnight).Normal(300), new SyntheticTraffic(7, Midnight).Normal(300));
        Assert.NotEqual(new SyntheticTraffic(7, Midnight).Normal(300), new SyntheticTraffic(8, Midnight).Normal(300));
    }

    /// <summary>A platform whose arithmetic gives other flows fails here. Whoever changes the traffic on purpose writes the new value down.</summary>
    [Fact]
    public void The_flows_of_a_seed_are_the_same_on_every_platform()
    {
        var traffic = new SyntheticTraffic(7, Midnight);
        List<FlowRecord> flows = [.. traffic.Normal(20_000), .. SyntheticAttackCatalog.All.SelectMany(attack => traffic.Attack(attack, 200))];

        Assert.Equal("09ce3d735e7744f6", Convert.ToHexStringLower(SHA256.HashData(NativeFlowJson.ToNdjson(flows)))[..16]);
    }

    [Fact]
    public void A_batch_is_filled_with_the_same_flows()
    {
        using var batch = FlowBatch.Rent();
        var traffic = new SyntheticTraffic(7, Midnight);
        traffic.AddNormal(batch, 100);
        traffic.AddNormal(batch, 200);

        Assert.Equal(new SyntheticTraffic(7, Midnight).Normal(300), Enumerable.Range(0, batch.Count).Select(batch.Record));
    }

    [Fact]
    public void Normal_flows_are_in_order_and_labelled_benign()
    {
        var flows = new SyntheticTraffic(7, Midnight).Normal(20_000);

        Assert.Equal(flows.OrderBy(flow => flow.Start), flows);
        Assert.All(flows, flow => Assert.Equal(SyntheticTraffic.Benign, flow.Label));
        foreach (var service in (string[])["dns", "ssl", "quic", "http", "smtp", "ntp", "ssh", "rdp", "smb", "rsync", "mqtt", "rtsp", "snmp", "syslog", "postgresql", "krb", "ldap", "rtp"])
        {
            Assert.Contains(flows, flow => flow.Service == service);
        }
    }

    [Fact]
    public void Every_flow_is_one_that_a_network_could_carry()
    {
        var traffic = new SyntheticTraffic(7, Midnight);
        IEnumerable<FlowRecord> flows = [.. traffic.Normal(20_000), .. SyntheticAttackCatalog.All.SelectMany(attack => traffic.Attack(attack, 300))];

        Assert.All(flows, flow =>
        {
            var header = (flow.Source.IsIPv4 ? 20 : 40) + (flow.Protocol == IpProtocols.Tcp ? 20 : 8);
            Assert.Equal(flow.Source.IsIPv4, flow.Destination.IsIPv4);
            Assert.NotEqual(flow.Source, flow.Destination);
            Assert.InRange(flow.ForwardPackets!.Value, 1, long.MaxValue);
            Assert.InRange(flow.ForwardBytes!.Value, header * flow.ForwardPackets.Value, 1_500 * flow.ForwardPackets.Value);
            Assert.InRange(flow.ReverseBytes!.Value, header * flow.ReversePackets!.Value, 1_500 * flow.ReversePackets.Value);

            // 1 Gbit/s, and a microsecond for rounding.
            var bytesPerSecond = (flow.ForwardBytes.Value + flow.ReverseBytes.Value) / (flow.Duration!.Value.TotalSeconds + 0.001);
            Assert.True(flow.ForwardPackets + flow.ReversePackets < 20 || bytesPerSecond < 125e6, $"{NativeFlowJson.ToJson(flow)}");
            Assert.Equal(flow.Protocol == IpProtocols.Tcp, flow.TcpFlags is not null);
            var isAnswered = flow.ReversePackets > 0;
            Assert.Equal(isAnswered, flow.State != ConnectionState.S0);
            if (flow.TcpFlags is { } flags)
            {
                Assert.Equal(isAnswered, (flags & TcpFlagLetters.Ack) != 0);
                Assert.Equal(flow.State is ConnectionState.Rsto or ConnectionState.Rstr or ConnectionState.Rej, (flags & TcpFlagLetters.Rst) != 0);
                Assert.Equal(flow.State == ConnectionState.SF, (flags & TcpFlagLetters.Fin) != 0);
            }
        });
    }

    [Fact]
    public void There_is_more_work_by_day_than_by_night_and_at_weekends()
    {
        var flows = new SyntheticTraffic(7, Midnight) { FlowsPerHour = 500 }.Normal(30_000);
        var thursday = flows.Where(flow => flow.Start < Midnight.AddDays(1)).ToList();
        var saturday = flows.Where(flow => flow.Start >= Midnight.AddDays(2) && flow.Start < Midnight.AddDays(3)).ToList();

        Assert.True(thursday.Count(flow => flow.Start.Hour is 10 or 15) > 3 * thursday.Count(flow => flow.Start.Hour is 2 or 3));
        Assert.InRange(thursday.Count, 500 * 24 * 0.95, 500 * 24 * 1.05);
        Assert.InRange(saturday.Count, thursday.Count * 0.3, thursday.Count * 0.6);

        var backups = thursday.Where(flow => flow.Service == "rsync").ToList();
        Assert.True(backups.Count(flow => flow.Start.Hour is >= 1 and < 4) > 0.7 * backups.Count);
    }

    [Fact]
    public void Steady_traffic_has_a_rate_and_keeps_the_rhythm_of_the_mix()
    {
        var flows = new SyntheticTraffic(7, Midnight) { FlowsPerHour = 3_600, IsSteady = true }.Normal(3_600);

        Assert.InRange((flows[^1].Start - Midnight).TotalMinutes, 55, 65);
        Assert.True(flows.Count(flow => flow.Service == "mqtt") > 200, "things do not sleep");
    }

    [Fact]
    public void Newer_machines_use_IPv6_now_and_then()
    {
        var flows = new SyntheticTraffic(7, Midnight).Normal(10_000);

        var sixth = flows.Where(flow => !flow.Source.IsIPv4).ToList();
        Assert.InRange(sixth.Count, 1_000, 3_000);
        Assert.All(sixth, flow => Assert.True(LocalNetworks.Private.Contains(flow.Source)));
        Assert.Contains(sixth, flow => flow.Direction == FlowDirection.Outbound);
        Assert.All(flows, flow => Assert.Equal(LocalNetworks.Private.DirectionOf(flow.Source, flow.Destination), flow.Direction));
    }

    [Fact]
    public async Task Everything_it_makes_is_taken_by_the_formats()
    {
        var traffic = new SyntheticTraffic(9, Midnight);
        List<FlowRecord> flows = [.. traffic.Normal(3_000), .. SyntheticAttackCatalog.All.SelectMany(attack => traffic.Attack(attack, 30))];

        var target = await FlowBodies.ReadAsync("application/x-ndjson", NativeFlowJson.ToNdjson(flows));

        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        Assert.Equal(flows, Enumerable.Range(0, batch.Count).Select(row => batch.Record(row) with { CommunityId = null }));
    }
}
