using System.IO.Compression;
using System.Net;
using System.Text;
using AnomalyApi.Storage;
using AnomalyApi.Testing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Tests.RealData;

[Trait("Data", "Shared")]
public sealed class ZeekTests(PostgresServer postgres)
{
    private const string ZeekConn = "application/x-zeek-conn";
    private const int Records = 105_918;

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Three_days_of_a_small_network_are_stored_scored_and_counted_once(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        var files = Directory.GetFiles(SharedData.Path("zeek-72h"), "*.gz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(72, files.Count);
        long accepted = 0, rejected = 0;
        foreach (var file in files)
        {
            using var answer = await PostAsync(service, file);
            var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
            accepted += batch.Number("accepted");
            rejected += batch.Number("rejected");
        }

        Assert.Equal((Records, 0), (accepted, rejected));
        using (var again = await PostAsync(service, files[^1]))
        {
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            Assert.Equal("true", again.Headers.GetValues("Idempotent-Replay").Single());
        }

        await using var context = service.Get<StorageDatabase>().CreateDbContext();
        Assert.Equal(Records, await context.Flows.CountAsync());
        await TestService.UntilAsync(async () => !await context.Flows.AnyAsync(flow => flow.Score == null), "a score for every flow");
        Assert.Equal(1, (await service.GetAsync("/v1/models/active")).Number("model", "version"));

        var stats = await service.GetAsync("/v1/stats");
        Assert.Equal(Records, stats.Number("flows"));
        var anomalies = await context.Anomalies.CountAsync();
        Assert.Equal(anomalies, stats.Number("anomalies"));
        Assert.Equal(anomalies, await context.Flows.CountAsync(flow => flow.Score >= 30));

        // The first model knows the first hours of three days only.
        var share = (double)anomalies / Records;
        TestContext.Current.SendDiagnosticMessage($"{provider}: {share:P2} of {Records} flows score 30 or more under the first model");
        Assert.InRange(share, 0.0001, 0.05);

        var version = await service.TrainAsync(new { });
        var metrics = (await service.GetAsync($"/v1/models/{version}")).At("metrics");
        TestContext.Current.SendDiagnosticMessage($"{provider}: {metrics}");
        Assert.Equal(Records, metrics.Number("flows_read"));
        Assert.InRange(metrics.Real("anomaly_share"), 0, 0.05);
    }

    [Fact]
    public async Task Attacks_score_higher_than_ordinary_work_on_another_machine()
    {
        // Learned from a day of ordinary work of one machine, tried on a day of work and attacks of another.
        await using var service = await TestService.StartAsync();
        var work = await BenignAsync(SharedData.Path("zeek", "011-mixed-conn.log.labeled.gz"));
        using (var learned = await service.PostAsync(work, ZeekConn))
        {
            Assert.Equal(4_771, (await TestService.JsonAsync(learned, HttpStatusCode.OK)).Number("accepted"));
        }

        await TestService.UntilAsync(async () => (await service.GetAsync("/v1/stats")).Text("learning_status", "state") == "ready", "a first model");
        var mixed = await File.ReadAllBytesAsync(SharedData.Path("zeek", "008-mixed-conn.log.labeled.gz"));
        using var answer = await service.PostAsync(mixed, ZeekConn, "/v1/scores?scores=all", encoding: "gzip");
        var scores = (await TestService.JsonAsync(answer, HttpStatusCode.OK)).Floats("scores");

        await using var unpacked = new GZipStream(new MemoryStream(mixed), CompressionMode.Decompress);
        using var flows = (await FlowBodies.ReadAsync(ZeekConn, unpacked)).Batch;
        var means = scores.Zip(flows.Label.ToArray()).GroupBy(pair => pair.Second ?? "", pair => pair.First)
            .ToDictionary(group => group.Key, group => group.Average());
        TestContext.Current.SendDiagnosticMessage(string.Join(", ", means.Select(mean => $"{mean.Key} {mean.Value:0.0}")));
        Assert.True(means["Malicious"] > means["Benign"] + 2, $"malicious {means["Malicious"]}, benign {means["Benign"]}");
    }

    private static async Task<HttpResponseMessage> PostAsync(TestService service, string file) =>
        await service.PostAsync(await File.ReadAllBytesAsync(file), ZeekConn, key: Path.GetRelativePath(SharedData.Path("zeek-72h"), file), encoding: "gzip");

    // The header lines, and the rows of ordinary work.
    private static async Task<byte[]> BenignAsync(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var kept = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('#') || line.Contains("\tBenign\t", StringComparison.Ordinal))
            {
                kept.Append(line).Append('\n');
            }
        }

        return TestService.Utf8(kept.ToString());
    }
}
