using System.Net;
using AnomalyApi.Storage;
using AnomalyApi.Testing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Tests.Durability;

public sealed class OutageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_PostgreSQL_is_away_requests_are_told_to_come_back_and_nothing_acknowledged_is_lost(bool crash)
    {
        await using var server = PostgresServer.Private();
        await using var service = await TestService.StartAsync("postgres", server);
        using (var before = await service.PostAsync(OfficeTraffic.Ndjson(100), key: "before"))
        {
            await TestService.JsonAsync(before, HttpStatusCode.OK);
        }

        await server.StopServerAsync(crash);
        using (var post = await service.PostAsync(OfficeTraffic.Ndjson(100, seed: 2), key: "during"))
        {
            Assert.Contains("Send it again", await TestService.ProblemAsync(post, HttpStatusCode.ServiceUnavailable, "storage-unavailable"), StringComparison.Ordinal);
            Assert.True(post.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        }

        foreach (var path in new[] { "/v1/flows", "/v1/anomalies", "/v1/models", "/v1/trainings", "/v1/stats" })
        {
            using var query = await service.Admin.GetAsync(path);
            await TestService.ProblemAsync(query, HttpStatusCode.ServiceUnavailable, "storage-unavailable");
            Assert.True(query.Headers.RetryAfter!.Delta > TimeSpan.Zero, path);
        }

        using (var ready = await service.Admin.GetAsync("/health/ready"))
        {
            Assert.Equal("unready", (await TestService.JsonAsync(ready, HttpStatusCode.ServiceUnavailable)).Text("status"));
        }

        Assert.Equal("alive", (await service.GetAsync("/health/live")).Text("status"));

        await server.StartServerAsync();
        await TestService.UntilAsync(
            async () =>
            {
                using var again = await service.PostAsync(OfficeTraffic.Ndjson(100, seed: 2), key: "during");
                return again.StatusCode == HttpStatusCode.OK;
            },
            "an acknowledged batch after the outage");
        using (var replay = await service.PostAsync(OfficeTraffic.Ndjson(100), key: "before"))
        {
            await TestService.JsonAsync(replay, HttpStatusCode.OK);
            Assert.Equal("true", replay.Headers.GetValues("Idempotent-Replay").Single());
        }

        await using var context = service.Get<StorageDatabase>().CreateDbContext();
        Assert.Equal(200, await context.Flows.CountAsync());
        // The probe asks the database once a second at most.
        await TestService.UntilAsync(
            async () =>
            {
                using var probe = await service.Admin.GetAsync("/health/ready");
                return probe.IsSuccessStatusCode;
            },
            "a ready service after the outage");

        // The jobs in the background have come through it too: the first model is still made.
        await service.LearnAsync(1_800, seed: 3);
    }

    [Fact]
    public async Task Started_while_PostgreSQL_is_away_the_service_waits_for_it()
    {
        await using var server = PostgresServer.Private();
        var connection = await server.CreateDatabaseAsync();
        await server.StopServerAsync();
        var folder = Path.Combine(Path.GetTempPath(), "anomaly-outage-" + Guid.NewGuid().ToString("N")[..10]);
        try
        {
            await using var service = await ServiceProcess.StartAsync(folder, ("Storage:ConnectionString", connection));
            using (var stranger = service.Client("no key is known yet"))
            {
                using var post = await TestService.SendFlowsAsync(stranger, OfficeTraffic.Ndjson(1));
                await TestService.ProblemAsync(post, HttpStatusCode.ServiceUnavailable, "storage-unavailable");
                Assert.True(post.Headers.RetryAfter!.Delta > TimeSpan.Zero);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(stranger, "/health/ready"));
                Assert.Equal(HttpStatusCode.OK, await StatusAsync(stranger, "/health/live"));

                await server.StartServerAsync();
                await TestService.UntilAsync(async () => await StatusAsync(stranger, "/health/ready") == HttpStatusCode.OK, "readiness");
            }

            using var admin = service.Client();
            using var answer = await TestService.SendFlowsAsync(admin, OfficeTraffic.Ndjson(10));
            Assert.Equal(10, (await TestService.JsonAsync(answer, HttpStatusCode.OK)).Number("accepted"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return answer.StatusCode;
    }
}
