using AnomalyApi.Detection.Files;
using AnomalyApi.Flows.Features;
using AnomalyApi.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace AnomalyApi.Flows.Tests.Features;

public class FlowFeatureTests
{
    [Fact]
    public void The_schema_names_every_column_once()
    {
        var schema = FlowFeatures.Schema;

        Assert.Equal("flow-v1", schema.Version);
        Assert.Equal(26, schema.Count);
        Assert.Equal(Enum.GetValues<FlowFeature>().Length, schema.Count);
        Assert.Equal(schema.Count, schema.Features.Select(feature => feature.Name).Distinct().Count());
        Assert.Equal("log_duration", schema.Features[(int)FlowFeature.LogDuration].Name);
        Assert.Equal("dst_port_rarity", schema.Features[(int)FlowFeature.DestinationPortRarity].Name);
        Assert.Equal("hour_cos", schema.Features[(int)FlowFeature.HourCos].Name);
        Assert.All(schema.Features, feature => Assert.EndsWith(".", feature.Meaning, StringComparison.Ordinal));
    }

    [Fact]
    public void Amounts_are_logarithms_of_one_more()
    {
        var row = Measure(Some.Flow(duration: 2.5, forwardBytes: 1_000, reverseBytes: 3_000, forwardPackets: 10, reversePackets: 0));

        Assert.Equal(Math.Log(2_501), row[(int)FlowFeature.LogDuration], 1e-5);
        Assert.Equal(Math.Log(1_001), row[(int)FlowFeature.LogForwardBytes], 1e-5);
        Assert.Equal(Math.Log(3_001), row[(int)FlowFeature.LogReverseBytes], 1e-5);
        Assert.Equal(Math.Log(11), row[(int)FlowFeature.LogForwardPackets], 1e-5);
        Assert.Equal(0, row[(int)FlowFeature.LogReversePackets]);
        Assert.Equal(Math.Log(101), row[(int)FlowFeature.LogForwardBytesPerPacket], 1e-5);
        Assert.Equal(0, row[(int)FlowFeature.LogReverseBytesPerPacket]);
        Assert.Equal(Math.Log(1_601), row[(int)FlowFeature.LogBytesPerSecond], 1e-5);
        Assert.Equal(Math.Log(5), row[(int)FlowFeature.LogPacketsPerSecond], 1e-5);
        Assert.Equal(-0.5, row[(int)FlowFeature.ByteRatio], 1e-6);
        Assert.Equal(1, row[(int)FlowFeature.PacketRatio]);
    }

    [Fact]
    public void A_duration_under_a_millisecond_or_missing_counts_as_one_in_rates()
    {
        foreach (var duration in (double?[])[null, 0, 0.000_9, 0.001])
        {
            Assert.Equal(
                Math.Log(60_001), Measure(Some.Flow(duration: duration, forwardBytes: 60, reverseBytes: 0))[(int)FlowFeature.LogBytesPerSecond], 1e-4);
        }
    }

    [Fact]
    public void A_flow_of_which_nothing_is_known_is_zero_but_for_what_it_shows()
    {
        var row = Measure(Some.Flow(
            duration: null, sourcePort: null, destinationPort: null, protocol: 47, forwardPackets: null, reversePackets: null, forwardBytes: null,
            reverseBytes: null, tcpFlags: null, state: ConnectionState.Unknown, service: null, source: "192.0.2.1"));

        for (var column = 0; column < row.Length; column++)
        {
            var expectsZero = (FlowFeature)column is not (FlowFeature.DestinationPortRarity or FlowFeature.ServiceRarity);
            Assert.Equal(expectsZero, row[column] == 0);
        }
    }

    [Theory]
    [InlineData(0, 6, 0)]
    [InlineData(1_023, 6, 0)]
    [InlineData(1_024, 17, 1)]
    [InlineData(49_151, 17, 1)]
    [InlineData(49_152, 132, 2)]
    [InlineData(65_535, 6, 2)]
    [InlineData(3_000, 1, 0)]
    [InlineData(null, 6, 0)]
    public void Ports_have_three_classes(int? port, byte protocol, float expected)
    {
        var row = Measure(Some.Flow(sourcePort: port, destinationPort: port, protocol: protocol));

        Assert.Equal(expected, row[(int)FlowFeature.SourcePortClass]);
        Assert.Equal(expected, row[(int)FlowFeature.DestinationPortClass]);
    }

    [Fact]
    public void Rarity_is_the_smoothed_share_and_an_unseen_value_is_the_rarest()
    {
        // 4 flows with 2 ports and 3 services (one of them none): 4 + 2 + 1 = 7 and 4 + 3 + 1 = 8.
        using var training = Some.Batch(
            Some.Flow(destinationPort: 443, service: "ssl"), Some.Flow(destinationPort: 443, service: "ssl"),
            Some.Flow(destinationPort: 443, service: null), Some.Flow(destinationPort: 53, service: "dns"));
        var extractor = FlowFeatureExtractor.Learn(training, LocalNetworks.Private);

        float Port(int? port, byte protocol = 6) => Measure(Some.Flow(destinationPort: port, protocol: protocol), extractor)[(int)FlowFeature.DestinationPortRarity];
        float Service(string? service) => Measure(Some.Flow(service: service), extractor)[(int)FlowFeature.ServiceRarity];
        Assert.Equal(Math.Log(7 / 4.0), Port(443), 1e-6);
        Assert.Equal(Math.Log(7 / 2.0), Port(53), 1e-6);
        Assert.Equal(Math.Log(7), Port(4_444), 1e-6);
        Assert.Equal(Port(4_444), Port(null));
        Assert.Equal(Port(null), Port(443, protocol: 1));
        Assert.Equal(Math.Log(8 / 3.0), Service("ssl"), 1e-6);
        Assert.Equal(Math.Log(8 / 2.0), Service("dns"), 1e-6);
        Assert.Equal(Math.Log(8 / 2.0), Service(null), 1e-6);
        Assert.Equal(Math.Log(8), Service("new"), 1e-6);
    }

    [Fact]
    public void The_shares_of_all_ports_sum_to_one()
    {
        var random = new Random(2);
        using var training = Some.Batch(Enumerable.Range(0, 1_000).Select(_ => Some.Flow(destinationPort: random.Next(50))));
        var extractor = FlowFeatureExtractor.Learn(training, LocalNetworks.Private);
        using var all = Some.Batch(Enumerable.Range(0, 65_536).Select(port => Some.Flow(destinationPort: port)));

        var rarities = extractor.Extract(all);

        var seen = Enumerable.Range(0, 65_536).Select(port => rarities.Row(port)[(int)FlowFeature.DestinationPortRarity]).ToList();
        var unseen = seen.Max();
        Assert.Equal(1, seen.Where(rarity => rarity < unseen).Sum(rarity => Math.Exp(-rarity)) + Math.Exp(-unseen), 1e-4);
    }

    [Fact]
    public void Only_the_most_frequent_services_are_kept()
    {
        using var training = Some.Batch(Enumerable.Range(0, 3_000).Select(i => Some.Flow(service: i < 1_000 ? "common" : $"made-up-{i}")));

        var writer = new ModelSectionWriter();
        FlowFeatureExtractor.Learn(training, LocalNetworks.Private).Write(writer);

        Assert.InRange(writer.ToArray().Length, 1, 40_000);
    }

    [Theory]
    [InlineData(ConnectionState.SF, 1, 0, 0, 0)]
    [InlineData(ConnectionState.S1, 1, 0, 0, 0)]
    [InlineData(ConnectionState.S2, 1, 0, 0, 0)]
    [InlineData(ConnectionState.S3, 1, 0, 0, 0)]
    [InlineData(ConnectionState.Rsto, 1, 0, 0, 1)]
    [InlineData(ConnectionState.Rstr, 1, 0, 0, 1)]
    [InlineData(ConnectionState.Rej, 0, 1, 0, 0)]
    [InlineData(ConnectionState.S0, 0, 0, 1, 0)]
    [InlineData(ConnectionState.SH, 0, 0, 1, 0)]
    [InlineData(ConnectionState.Shr, 0, 0, 1, 0)]
    [InlineData(ConnectionState.Rstos0, 0, 0, 1, 1)]
    [InlineData(ConnectionState.Rstrh, 0, 0, 1, 1)]
    [InlineData(ConnectionState.Oth, 0, 0, 0, 0)]
    [InlineData(ConnectionState.Unknown, 0, 0, 0, 0)]
    public void States_fall_into_groups(ConnectionState state, float established, float rejected, float halfOpen, float reset)
    {
        var row = Measure(Some.Flow(state: state));

        Assert.Equal(
            [established, rejected, halfOpen, reset],
            new[] { FlowFeature.StateEstablished, FlowFeature.StateRejected, FlowFeature.StateHalfOpen, FlowFeature.StateReset }.Select(feature => row[(int)feature]));
    }

    [Fact]
    public void Protocol_flags_and_local_ends_are_marked()
    {
        var row = Measure(Some.Flow(protocol: 17, tcpFlags: 0b1001_0010, source: "192.0.2.1", destination: "fd00::1"));

        Assert.Equal(0, row[(int)FlowFeature.IsTcp]);
        Assert.Equal(1, row[(int)FlowFeature.IsUdp]);
        Assert.Equal(3, row[(int)FlowFeature.TcpFlagCount]);
        Assert.Equal(0, row[(int)FlowFeature.SourceIsLocal]);
        Assert.Equal(1, row[(int)FlowFeature.DestinationIsLocal]);
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public void The_hour_counts_once_training_covered_most_of_the_day(int hours, bool counts)
    {
        using var training = Some.Batch(Enumerable.Range(0, hours).Select(hour => Some.Flow(start: Some.Start.AddHours(hour))));

        var row = Measure(Some.Flow(start: new DateTime(2024, 4, 19, 6, 0, 0, DateTimeKind.Utc)), FlowFeatureExtractor.Learn(training, LocalNetworks.Private));

        Assert.Equal(counts ? 1 : 0, row[(int)FlowFeature.HourSin], 1e-6);
        Assert.Equal(0, row[(int)FlowFeature.HourCos], 1e-6);
    }

    [Fact]
    public void Every_feature_of_every_flow_is_finite()
    {
        using var training = Some.Batch(Enumerable.Range(0, 24).Select(hour => Some.Flow(start: Some.Start.AddHours(hour))));
        var extractor = FlowFeatureExtractor.Learn(training, LocalNetworks.Private);
        long[] extremes = [long.MinValue, -1, 0, 1, 1L << 53, long.MaxValue];

        Prop.ForAll<int, byte, short>((pick, protocol, flags) =>
        {
            using var batch = FlowBatch.Rent();
            var row = batch.AddRow();
            long Next() => extremes[(uint)(pick = (pick * 31) + 7) % (uint)extremes.Length];
            batch.StartMicroseconds[row] = Next();
            batch.DurationMicroseconds[row] = Next();
            batch.ForwardBytes[row] = Next();
            batch.ReverseBytes[row] = Next();
            batch.ForwardPackets[row] = Next();
            batch.ReversePackets[row] = Next();
            batch.SourcePort[row] = (int)Next();
            batch.DestinationPort[row] = (int)Next();
            batch.Protocol[row] = protocol;
            batch.TcpFlags[row] = flags;
            batch.State[row] = (ConnectionState)protocol;
            return extractor.Extract(batch).Values.All(float.IsFinite);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Extraction_allocates_nothing_and_refuses_too_little_room()
    {
        using var batch = Some.Batch(Enumerable.Range(0, 100).Select(i => Some.Flow(sourcePort: i)));
        var extractor = FlowFeatureExtractor.Learn(batch, LocalNetworks.Private);
        var room = new float[100 * extractor.Schema.Count];
        extractor.Extract(batch, room);

        var before = GC.GetAllocatedBytesForCurrentThread();
        extractor.Extract(batch, room);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Throws<ArgumentException>(() => extractor.Extract(batch, room.AsSpan(1)));
    }

    [Fact]
    public void Learning_from_nothing_makes_all_ports_alike()
    {
        using var none = FlowBatch.Rent();
        var extractor = FlowFeatureExtractor.Learn(none, LocalNetworks.Private);

        Assert.Equal(0, Measure(Some.Flow(), extractor)[(int)FlowFeature.DestinationPortRarity]);
        Assert.Equal(0, extractor.Extract(none).RowCount);
    }

    private static float[] Measure(FlowRecord flow, FlowFeatureExtractor? extractor = null)
    {
        using var batch = Some.Batch(flow);
        using var training = Some.Batch(Some.Flow());
        return (extractor ?? FlowFeatureExtractor.Learn(training, LocalNetworks.Private)).Extract(batch).Row(0).ToArray();
    }
}
