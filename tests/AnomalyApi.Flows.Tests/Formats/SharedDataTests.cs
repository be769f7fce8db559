using System.IO.Compression;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

[Trait("Data", "Shared")]
public class SharedDataTests
{
    private const string ZeekConn = "application/x-zeek-conn";

    [Fact]
    public async Task Seventy_two_hours_of_Zeek_are_read_without_a_rejection()
    {
        var files = Directory.GetFiles(SharedData.Path("zeek-72h"), "*.gz", SearchOption.AllDirectories);
        Assert.Equal(72, files.Length);
        var accepted = 0;
        foreach (var file in files)
        {
            using var flows = await ReadAsync(file);
            accepted += flows.Count;
            Assert.All(flows.Sensor.ToArray(), sensor => Assert.Equal("worker-eth0-1", sensor));
            Assert.All(flows.CommunityId.ToArray(), Assert.NotNull);
        }

        Assert.Equal(105_918, accepted);
    }

    [Theory]
    [InlineData("001-njrat-conn.log.labeled.gz", 992, "Malicious", 244)]
    [InlineData("008-mixed-conn.log.labeled.gz", 5663, "Malicious", 4201)]
    [InlineData("011-mixed-conn.log.labeled.gz", 9048, "Malicious", 3951)]
    [InlineData("003-androidrat-conn.log.gz", 361, null, 361)]
    [InlineData("005-simda-conn.log.gz", 992, null, 992)]
    [InlineData("002-portscan-conn.log.gz", 4504, null, 4504)]
    [InlineData("json-conn.log.gz", 1000, null, 1000)]
    public async Task A_Zeek_log_is_read_whole_with_its_labels(string file, int rows, string? label, int labelled)
    {
        using var flows = await ReadAsync(SharedData.Path("zeek", file));

        Assert.Equal(rows, flows.Count);
        Assert.Equal(labelled, flows.Label.ToArray().Count(other => other == label));
    }

    private static async Task<FlowBatch> ReadAsync(string file)
    {
        await using var stream = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        var target = await FlowBodies.ReadAsync(ZeekConn, stream);
        Assert.Empty(target.Rejections);
        return target.Batch;
    }
}
