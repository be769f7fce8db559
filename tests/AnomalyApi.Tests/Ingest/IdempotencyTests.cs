using System.Net;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Ingest;

public sealed class IdempotencyTests(PostgresServer postgres)
{
    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task The_same_key_and_body_give_the_first_answer_again_byte_for_byte(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        using var first = await service.PostAsync(SomeBodies.Ndjson, key: "k-1");
        using var again = await service.PostAsync(SomeBodies.Ndjson, key: "k-1");
        await TestService.JsonAsync(first, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await again.Content.ReadAsByteArrayAsync());
        Assert.False(first.Headers.Contains("Idempotent-Replay"));
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replay").Single());
        Assert.Equal(2, await CountAsync(service));

        // The body counts, not how it was packed on the way.
        using var packed = await service.PostAsync(SomeBodies.Gzip(SomeBodies.Ndjson), key: "k-1", encoding: "gzip");
        Assert.Equal("true", packed.Headers.GetValues("Idempotent-Replay").Single());
        Assert.Equal(2, await CountAsync(service));

        using var other = await service.PostAsync(SomeBodies.Lines(SomeBodies.Flow), key: "k-1");
        Assert.Equal(
            "A key stands for one body. Send the first body again to get its answer, or choose a new key.",
            await TestService.ProblemAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency-key-reused"));
        Assert.Equal(2, await CountAsync(service));
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Many_requests_with_one_key_at_once_are_stored_once(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => service.PostAsync(SomeBodies.Ndjson, key: "at once")));
        var bodies = await Task.WhenAll(answers.Select(answer => answer.Content.ReadAsStringAsync()));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Single(bodies.Distinct());
        Assert.Equal(11, answers.Count(answer => answer.Headers.Contains("Idempotent-Replay")));
        Assert.Equal(2, await CountAsync(service));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task Keys_of_another_caller_are_other_keys()
    {
        await using var service = await TestService.StartAsync();
        using var sensor = await service.ClientWithAsync("sensor");
        using var other = await service.ClientWithAsync("sensor");
        using var first = await TestService.SendFlowsAsync(sensor, SomeBodies.Ndjson, key: "1");
        using var second = await TestService.SendFlowsAsync(other, SomeBodies.Lines(SomeBodies.Flow), key: "1");
        await TestService.JsonAsync(first, HttpStatusCode.OK);
        await TestService.JsonAsync(second, HttpStatusCode.OK);
        Assert.False(second.Headers.Contains("Idempotent-Replay"));
        Assert.Equal(3, await CountAsync(service));
    }

    [Fact]
    public async Task A_sensor_that_numbers_its_batches_needs_no_key()
    {
        await using var service = await TestService.StartAsync();
        using var first = await service.PostAsync(SomeBodies.Ndjson, path: "/v1/flows?sensor=roof&batch_id=17");
        using var again = await service.PostAsync(SomeBodies.Ndjson, path: "/v1/flows?sensor=roof&batch_id=17");
        using var next = await service.PostAsync(SomeBodies.Ndjson, path: "/v1/flows?sensor=roof&batch_id=18");
        using var elsewhere = await service.PostAsync(SomeBodies.Ndjson, path: "/v1/flows?sensor=cellar&batch_id=17");
        using var changed = await service.PostAsync(SomeBodies.Lines(SomeBodies.Flow), path: "/v1/flows?sensor=roof&batch_id=17");
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal([false, true, false, false], new[] { first, again, next, elsewhere }.Select(answer => answer.Headers.Contains("Idempotent-Replay")));
        await TestService.ProblemAsync(changed, HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal(6, await CountAsync(service));
    }

    [Fact]
    public async Task Sensor_and_batch_cannot_be_mistaken_for_another_pair()
    {
        await using var service = await TestService.StartAsync();
        using var first = await service.PostAsync(SomeBodies.Ndjson, path: "/v1/flows?sensor=a/b&batch_id=c");
        using var second = await service.PostAsync(SomeBodies.Ndjson, path: "/v1/flows?sensor=a&batch_id=b/c");
        using var third = await service.PostAsync(SomeBodies.Ndjson, key: "a/b/c");
        Assert.All(new[] { first, second, third }, answer => Assert.False(answer.Headers.Contains("Idempotent-Replay")));
        Assert.Equal(6, await CountAsync(service));
    }

    [Fact]
    public async Task A_batch_that_was_refused_may_come_again_under_its_key()
    {
        await using var service = await TestService.StartAsync();
        using var refused = await service.PostAsync(SomeBodies.Lines("bad"), key: "k");
        await TestService.ProblemAsync(refused, HttpStatusCode.UnprocessableEntity, "no-flow-accepted");
        using var mended = await service.PostAsync(SomeBodies.Ndjson, key: "k");
        await TestService.JsonAsync(mended, HttpStatusCode.OK);
        Assert.Equal(2, await CountAsync(service));
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused()
    {
        await using var service = await TestService.StartAsync();
        using var answer = await service.PostAsync(SomeBodies.Ndjson, key: new string('k', 256));
        Assert.StartsWith("Idempotency-Key: must have 1 to 255 characters", await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter"), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(service));
    }

    private static async Task<int> CountAsync(TestService service) =>
        (await service.GetAsync("/v1/flows?limit=1000")).GetProperty("items").GetArrayLength();
}
