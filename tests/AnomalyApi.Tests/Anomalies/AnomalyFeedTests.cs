using System.Net;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Anomalies;

public sealed class AnomalyFeedTests(PostgresServer postgres)
{
    private const int Writers = 4;
    private const int BatchesEach = 30;

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task A_poller_misses_nothing_and_sees_nothing_twice_while_others_write(string provider)
    {
        // Every tenth normal flow is an anomaly at this threshold, so that batches of all sizes have some.
        await using var service = await TestService.StartAsync(provider, postgres, ("Scoring:Threshold", "10"));
        await service.LearnAsync();
        var seen = new List<long>();
        var cursor = await PollAsync(service, null, seen);
        var first = seen.Count;
        seen.Clear();

        var writers = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(service, writer))));
        while (!writers.IsCompleted)
        {
            cursor = await PollAsync(service, cursor, seen);
        }

        var posted = (await writers).SelectMany(ids => ids).ToHashSet();
        await TestService.UntilAsync(
            async () =>
            {
                cursor = await PollAsync(service, cursor, seen);
                return seen.Count >= posted.Count;
            },
            "the last anomalies in the feed");

        Assert.True(first > 0 && posted.Count > Writers * BatchesEach, $"{first} and {posted.Count} anomalies are too few to prove anything");
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(posted.Order(), seen.Order());
    }

    /// <summary>Follows the feed to its end, and returns where to come back.</summary>
    private static async Task<string?> PollAsync(TestService service, string? cursor, List<long> seen)
    {
        while (true)
        {
            var page = await service.GetAsync("/v1/anomalies?limit=50" + (cursor is null ? "" : "&cursor=" + cursor));
            cursor = page.Text("next");
            if (page.List("items").Count == 0)
            {
                return cursor;
            }

            seen.AddRange(page.List("items").Select(anomaly => anomaly.Number("id")));
        }
    }

    private static async Task<List<long>> WriteAsync(TestService service, int writer)
    {
        using var http = service.Client(service.AdminKey);
        var traffic = new SyntheticTraffic(50 + (ulong)writer, Some.Start);
        var ids = new List<long>();
        for (var batch = 0; batch < BatchesEach; batch++)
        {
            using var answer = await TestService.SendFlowsAsync(http, NativeFlowJson.ToNdjson(traffic.Normal(1 + (batch * 37 % 150))));
            var body = await TestService.JsonAsync(answer, HttpStatusCode.OK);
            ids.AddRange(body.List("anomalies").Select(anomaly => anomaly.Number("id")));
        }

        return ids;
    }
}
