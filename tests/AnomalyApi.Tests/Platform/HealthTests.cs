using System.Net;

namespace AnomalyApi.Tests.Platform;

public sealed class HealthTests
{
    [Fact]
    public async Task Probes_answer_without_a_key_and_tell_the_state_of_learning()
    {
        await using var service = await TestService.StartAsync();
        using var probe = service.Client(null);
        using var live = await probe.GetAsync("/health/live", TestContext.Current.CancellationToken);
        Assert.Equal("alive", (await TestService.JsonAsync(live, HttpStatusCode.OK)).GetProperty("status").GetString());

        using var learning = await probe.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        var report = await TestService.JsonAsync(learning, HttpStatusCode.OK);
        Assert.Equal(("ready", "sqlite"), (report.GetProperty("status").GetString(), report.GetProperty("storage").GetString()));
        Assert.True(report.GetProperty("storage_reachable").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, report.GetProperty("model").GetProperty("active_version").ValueKind);
        Assert.Equal("collecting", report.GetProperty("model").GetProperty("learning").GetProperty("state").GetString());

        await service.LearnAsync();
        using var ready = await probe.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        var model = (await TestService.JsonAsync(ready, HttpStatusCode.OK)).GetProperty("model");
        Assert.Equal(1, model.GetProperty("active_version").GetInt32());
        Assert.Equal("ready", model.GetProperty("learning").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Without_its_database_the_service_is_alive_but_not_ready_and_says_so_to_everybody()
    {
        // Nothing listens on port 1; the service starts all the same, since the database may come later.
        await using var service = await ServiceProcess.StartAsync(
            ["--Storage:ConnectionString", "Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=2"], hasKey: false);
        using var live = await service.Admin.GetAsync("/health/live", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using var ready = await service.Admin.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        Assert.Equal("unready", (await TestService.JsonAsync(ready, HttpStatusCode.ServiceUnavailable)).GetProperty("status").GetString());
        using var flows = await service.Admin.GetAsync("/v1/flows", TestContext.Current.CancellationToken);
        await TestService.ProblemAsync(flows, HttpStatusCode.ServiceUnavailable, "storage-unavailable");
        Assert.Equal(TimeSpan.FromSeconds(5), flows.Headers.RetryAfter?.Delta);
        Assert.Contains(service.Output, line => line.Contains("Storage postgres cannot be reached, requests are answered 503 until it is back", StringComparison.Ordinal));
    }
}
