using AnomalyApi.Detection.Files;
using AnomalyApi.Flows.Features;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Features;

public class FlowFeatureFileTests
{
    [Fact]
    public void What_was_written_measures_alike()
    {
        using var flows = Some.Batch(new SyntheticTraffic(1, Some.Start).Normal(2_000));
        var extractor = FlowFeatureExtractor.Learn(flows, LocalNetworks.Parse(["10.20.0.0/16", "2001:db8::/32"]));

        var read = FlowFeatureExtractor.Read(new ModelSectionReader("features", Bytes(extractor)));

        Assert.Equal(extractor.Extract(flows).Values, read.Extract(flows).Values);
        Assert.Equal(Bytes(extractor), Bytes(read));
    }

    [Fact]
    public void The_same_flows_in_another_order_write_the_same_bytes()
    {
        var flows = new SyntheticTraffic(1, Some.Start).Normal(500);
        using var one = Some.Batch(flows);
        using var other = Some.Batch(flows.Reverse());

        Assert.Equal(
            Bytes(FlowFeatureExtractor.Learn(one, LocalNetworks.Private)), Bytes(FlowFeatureExtractor.Learn(other, LocalNetworks.Private)));
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_crash()
    {
        using var flows = Some.Batch(new SyntheticTraffic(1, Some.Start).Normal(50));
        var bytes = Bytes(FlowFeatureExtractor.Learn(flows, LocalNetworks.Private));
        var refused = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            refused += Reads(bytes[..i]) ? 0 : 1;
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= 0xFF;
            Reads(flipped);
        }

        Assert.Equal(bytes.Length, refused);
    }

    [Fact]
    public void An_unknown_version_is_named()
    {
        var writer = new ModelSectionWriter();
        writer.WriteInt32(99);

        var refusal = Assert.Throws<ModelFileException>(() => FlowFeatureExtractor.Read(new ModelSectionReader("features", writer.ToArray())));

        Assert.Contains("99", refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(FlowFeatureExtractor extractor)
    {
        var writer = new ModelSectionWriter();
        extractor.Write(writer);
        return writer.ToArray();
    }

    private static bool Reads(byte[] bytes)
    {
        try
        {
            FlowFeatureExtractor.Read(new ModelSectionReader("features", bytes));
            return true;
        }
        catch (ModelFileException)
        {
            return false;
        }
    }
}
