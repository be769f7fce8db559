using System.Net;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Traffic;

public sealed class StatsTests(PostgresServer postgres)
{
    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task The_counts_agree_with_the_answers_the_batches_got(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        var backfilled = (await service.GetAsync("/v1/anomalies?limit=1000")).List("items").Count;
        var traffic = new SyntheticTraffic(7, Some.Start);
        long flows = 2_000, rejected = 0, anomalies = backfilled;
        foreach (var kind in SyntheticAttackCatalog.All)
        {
            byte[] body = [.. NativeFlowJson.ToNdjson([.. traffic.Normal(50), .. traffic.Attack(kind, 20)]), .. "no flow\n"u8];
            using var answer = await service.PostAsync(body);
            var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
            flows += batch.Number("accepted");
            rejected += batch.Number("rejected");
            anomalies += batch.List("anomalies").Count;
        }

        Assert.Equal((2_840, 12), (flows, rejected));
        var stats = await service.GetAsync("/v1/stats");
        Assert.Equal((flows, rejected, anomalies), (stats.Number("flows"), stats.Number("rejected"), stats.Number("anomalies")));
        Assert.Equal(anomalies, stats.At("anomalies_by_severity").EnumerateObject().Sum(severity => severity.Value.GetInt64()));
        Assert.Equal(["critical", "high", "low", "medium"], stats.At("anomalies_by_severity").EnumerateObject().Select(severity => severity.Name).Order());
        Assert.Equal(flows, stats.List("hours").Sum(hour => hour.Number("flows")));
        Assert.Equal(1, stats.Number("model_version"));
        Assert.Equal("ready", stats.Text("learning_status", "state"));
        Assert.True(stats.At("oldest_flow").GetDateTime() <= stats.At("newest_flow").GetDateTime());
    }

    [Fact]
    public async Task Hours_outside_the_window_do_not_count()
    {
        await using var service = await TestService.StartAsync();
        using var answer = await service.PostAsync(OfficeTraffic.Ndjson(10));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(10, (await service.GetAsync("/v1/stats")).Number("flows"));
        Assert.Equal(0, (await service.GetAsync("/v1/stats?from=2001-01-01&to=2001-01-03")).Number("flows"));
        Assert.Equal(0, (await service.GetAsync("/v1/stats?to=0001-01-01T00:00:01Z")).Number("flows"));
    }

    [Theory]
    [InlineData("from=soon", "RFC 3339")]
    [InlineData("from=2024-04-20&to=2024-04-19", "before 'to'")]
    public async Task A_window_that_cannot_be_is_refused(string query, string allowed)
    {
        await using var service = await TestService.StartAsync();
        using var answer = await service.Admin.GetAsync("/v1/stats?" + query);
        Assert.Contains(allowed, await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter"), StringComparison.Ordinal);
    }
}
