using System.Net;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Storage;
using AnomalyApi.Testing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Tests.Training;

public sealed class LearningTests(PostgresServer postgres)
{
    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task The_learning_status_counts_up_to_the_first_model(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        Assert.Equal(("collecting", 0, 2_000), await StatusAsync(service));
        using (var early = await service.PostAsync(OfficeTraffic.Ndjson(1_999), path: "/v1/flows?scores=all"))
        {
            var batch = await TestService.JsonAsync(early, HttpStatusCode.OK);
            Assert.False(early.Headers.Contains("Model-Version"));
            Assert.True(batch.IsNull("model_version") && batch.IsNull("threshold"));
            Assert.Equal(0, batch.Number("scored"));
            Assert.All(batch.List("scores"), score => Assert.Equal(System.Text.Json.JsonValueKind.Null, score.ValueKind));
        }

        Assert.Equal(("collecting", 1_999, 2_000), await StatusAsync(service));
        using (var enough = await service.PostAsync(OfficeTraffic.Ndjson(1, seed: 2)))
        {
            Assert.Equal(HttpStatusCode.OK, enough.StatusCode);
        }

        Assert.Contains((await StatusAsync(service)).State, new[] { "training", "ready" });
        await TestService.UntilAsync(async () => await StatusAsync(service) == ("ready", 2_000, 2_000), "the first model");
        var training = Assert.Single((await service.GetAsync("/v1/trainings")).EnumerateArray());
        Assert.Equal("first", training.Text("trigger"));

        // The model is live a moment before its training is written down as ended.
        Assert.Equal("succeeded", (await service.TrainedAsync(training.Text("id")!)).Text("status"));
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task The_first_training_starts_once_though_two_processes_take_many_posts(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await using var other = service.StartBeside();

        // Neither process alone takes 2,000 flows before both together have.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async batch =>
        {
            using var answer = await (batch % 2 == 0 ? service : other).PostAsync(OfficeTraffic.Ndjson(100, seed: 1 + (ulong)batch));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }));
        await TestService.UntilAsync(
            async () => (await StatusAsync(service)).State == "ready" && (await StatusAsync(other)).State == "ready", "the first model in both processes");

        // Several turns of both runners later there is still only the one.
        await Task.Delay(500);
        var training = Assert.Single((await service.GetAsync("/v1/trainings")).EnumerateArray());
        Assert.Equal("first", training.Text("trigger"));
        Assert.Equal(2_000, (await service.TrainedAsync(training.Text("id")!)).Number("metrics", "flows_read"));
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Flows_stored_while_the_first_model_comes_all_get_a_score_and_each_anomaly_once(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres, ("Scoring:Threshold", "10"));
        var stored = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            var mine = new SyntheticTraffic(10 + (ulong)client, Some.Start);
            for (var batch = 0; batch < 40; batch++)
            {
                using var answer = await service.PostAsync(NativeFlowJson.ToNdjson(mine.Normal(25)));
                var body = await TestService.JsonAsync(answer, HttpStatusCode.OK);
                Interlocked.Add(ref stored, (int)body.Number("accepted"));
            }
        })));
        Assert.Equal(4_000, stored);
        await TestService.UntilAsync(async () => await UnscoredAsync(service) == 0, "a score for every flow");

        await using var context = service.Get<StorageDatabase>().CreateDbContext();
        Assert.Equal(stored, await context.Flows.CountAsync(flow => flow.Score != null && flow.ModelVersion == 1));
        var above = await context.Flows.Where(flow => flow.Score >= 10).Select(flow => flow.Id).Order().ToListAsync();
        Assert.Equal(above, await context.Anomalies.Select(anomaly => anomaly.FlowId).Order().ToListAsync());
        Assert.Equal(above.Count, (await service.GetAsync("/v1/stats")).Number("anomalies"));
    }

    [Fact]
    public async Task Flows_counted_before_a_restart_still_count()
    {
        var service = await TestService.StartAsync();
        using (var answer = await service.PostAsync(OfficeTraffic.Ndjson(1_500)))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await using var restarted = await service.RestartAsync();
        Assert.Equal(("collecting", 1_500, 2_000), await StatusAsync(restarted));
        await restarted.LearnAsync(500, seed: 2);
    }

    private static async Task<(string State, long Have, long Need)> StatusAsync(TestService service)
    {
        var status = (await service.GetAsync("/v1/stats")).At("learning_status");
        return (status.Text("state")!, status.Number("have"), status.Number("need"));
    }

    private static async Task<int> UnscoredAsync(TestService service)
    {
        await using var context = service.Get<StorageDatabase>().CreateDbContext();
        return await context.Flows.CountAsync(flow => flow.Score == null);
    }
}
