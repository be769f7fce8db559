using AnomalyApi.Testing;
using static AnomalyApi.Testing.ExportWriter;

namespace AnomalyApi.Flows.Tests.Formats.NetFlow;

/// <summary>Makes the samples of the format, which are binary: <c>ANOMALY_WRITE_SAMPLES=1</c> writes them.</summary>
public class SampleExports
{
    private const long Noon = 1_717_243_200;

    public static TheoryData<string> Names() => ["netflow5.dat", "netflow9.dat", "ipfix.dat"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_is_what_the_writer_makes(string name)
    {
        var bytes = Make(name);
        if (Environment.GetEnvironmentVariable("ANOMALY_WRITE_SAMPLES") is { Length: > 0 })
        {
            var folder = AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf(Path.DirectorySeparatorChar + "bin", StringComparison.Ordinal)];
            Directory.CreateDirectory(Path.Combine(folder, "samples", "netflow"));
            File.WriteAllBytes(Path.Combine(folder, "samples", "netflow", name), bytes);
            return;
        }

        Assert.Equal(bytes, Samples.Read("netflow", name));
    }

    private static byte[] Make(string name) => name switch
    {
        "netflow5.dat" => [.. FixedOne(), .. FixedTwo()],
        "netflow9.dat" => [.. TemplatesOfV9(), .. DataOfV9(), .. FixedTwo()],
        _ => [.. TemplatesOfIpfix(), .. DataOfIpfix()],
    };

    // A web request and its answer, one packet in ten seen; a lookup that nobody answered.
    private static byte[] FixedOne() => V5(
        Noon, 600_000, 100, 10,
        V5Record("10.0.0.5", "192.0.2.80", 50_000, 443, 6, 12, 1_800, 590_000, 595_500, 0x1B),
        V5Record("192.0.2.80", "10.0.0.5", 443, 50_000, 6, 20, 24_000, 590_020, 595_510, 0x1B),
        V5Record("10.0.0.5", "10.0.0.1", 53_001, 53, 17, 1, 64, 597_000, 597_000));

    // Later, with four flows lost in between: an echo request, as type 8 in the destination port.
    private static byte[] FixedTwo() => V5(Noon + 1, 601_000, 107, 0, V5Record("10.0.0.5", "198.51.100.1", 0, 8 << 8, 1, 3, 252, 600_100, 600_900));

    private static byte[] TemplatesOfV9() => V9(Noon, 86_400_000, 7, 1, new ExportWriter()
        .Set(0, Template(256, (27, 16), (28, 16), (7, 2), (11, 2), (4, 1), (6, 1), (48, 1), (2, 4), (1, 4), (22, 4), (21, 4)))
        .Set(1, new ExportWriter().U16(257, 4, 8, 1, 4, 48, 1, 50, 4).U16(0))
        .Set(257, new ExportWriter().U32(0).U8(3).U32(100).U8(0, 0, 0)));

    private static byte[] DataOfV9() => V9(Noon + 2, 86_402_000, 8, 1, new ExportWriter()
        .Set(256, new ExportWriter().Address("2001:db8::5", "2001:db8::80").U16(40_000, 22).U8(6, 0x02, 3).U32(5, 300, 86_400_500, 86_401_500).U8(0))
        .Set(300, new ExportWriter().U32(1)));

    // Two records of both directions with names of their own length and a field of an
    // enterprise, the second of them seen from the wrong side.
    private static byte[] DataOfIpfix() => Ipfix(Noon, 0, 9, new ExportWriter().Set(400, new ExportWriter()
        .Address("10.0.0.7", "203.0.113.9").U16(51_000, 8_080).U8(6).U8(5).Bytes("proxy"u8).U32(10, 4_000, 8, 90_000)
        .U64((Noon * 1000) - 1_500, (Noon * 1000) - 250).U8(0x1B, 0x1A).U16(0xBEEF)
        .Address("203.0.113.9", "10.0.0.7").U16(22, 51_001).U8(6).U8(255).U16(3).Bytes("ssh"u8).U32(0, 0, 4, 240)
        .U64((Noon * 1000) - 900, (Noon * 1000) - 900).U8(0, 0x02).U16(0xBEEF)));

    private static byte[] TemplatesOfIpfix() => Ipfix(Noon - 1, 0, 9, new ExportWriter().Set(2, new ExportWriter().U16(400, 15)
        .U16(8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 96, 65_535, 2, 4, 1, 4)
        .U16(0x8002, 4).U32(29_305).U16(0x8001, 4).U32(29_305).U16(152, 8, 153, 8, 6, 1).U16(0x8006, 1).U32(29_305)
        .U16(0x8000 | 77, 2).U32(6871).U8(0, 0, 0)));
}
