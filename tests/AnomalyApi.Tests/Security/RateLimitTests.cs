using System.Net;

namespace AnomalyApi.Tests.Security;

public sealed class RateLimitTests
{
    [Fact]
    public async Task A_key_that_asks_too_often_is_told_when_to_come_back_and_others_are_not_slowed()
    {
        await using var service = await TestService.StartAsync(settings: [("Security:RequestsPerSecond", "1"), ("Security:RequestBurst", "5")]);
        using var other = await service.ClientWithAsync("reader");
        HttpResponseMessage? refused = null;
        for (var i = 0; i < 100 && refused is null; i++)
        {
            var answer = await service.Admin.GetAsync("/v1/stats");
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                answer.Dispose();
            }
            else
            {
                refused = answer;
            }
        }

        Assert.NotNull(refused);
        Assert.Equal(
            "A key may send 1 requests a second. Send more flows in each batch, or fewer requests.",
            await TestService.ProblemAsync(refused, HttpStatusCode.TooManyRequests, "too-many-requests"));
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        refused.Dispose();

        using var answered = await other.GetAsync("/v1/stats");
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        for (var i = 0; i < 20; i++)
        {
            using var nobody = service.Client(null);
            using var probe = await nobody.GetAsync("/health/live");
            Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        }
    }

    [Fact]
    public async Task Guessing_keys_is_slow()
    {
        await using var service = await TestService.StartAsync(settings: [("Security:RequestsPerSecond", "1"), ("Security:RequestBurst", "5")]);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 30; i++)
        {
            using var guesser = service.Client($"anm_{i:d12}_guess");
            using var answer = await guesser.GetAsync("/v1/stats");
            answers.Add(answer.StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.All(answers, answer => Assert.True(answer is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Metrics_ask_for_a_key_when_they_are_told_to()
    {
        await using var service = await TestService.StartAsync(settings: ("Security:MetricsNeedKey", "true"));
        using var nobody = service.Client(null);
        using var sensor = await service.ClientWithAsync("sensor");
        using var reader = await service.ClientWithAsync("reader");
        using var closed = await nobody.GetAsync("/metrics");
        using var wrong = await sensor.GetAsync("/metrics");
        using var open = await reader.GetAsync("/metrics");
        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.OK), (closed.StatusCode, wrong.StatusCode, open.StatusCode));
    }
}
