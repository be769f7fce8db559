using System.Net;
using AnomalyApi.Testing;
using Microsoft.Data.Sqlite;

namespace AnomalyApi.Tests.Ingest;

public sealed class OverloadTests
{
    [Fact]
    public async Task A_batch_more_than_may_be_in_progress_is_told_to_come_back()
    {
        await using var service = await TestService.StartAsync(settings: [("Ingest:MaxConcurrentBatches", "1"), ("Ingest:RetryAfter", "00:00:07")]);
        var slow = new SlowBody(SomeBodies.Lines(SomeBodies.Flow));
        var holding = service.Admin.PostAsync("/v1/flows", slow);
        HttpResponseMessage? refused = null;
        await TestService.UntilAsync(
            async () =>
            {
                refused?.Dispose();
                if (holding.IsCompleted)
                {
                    // It came while the other was being answered, and was itself the one too many.
                    (await holding).Dispose();
                    slow = new SlowBody(SomeBodies.Lines(SomeBodies.Flow));
                    holding = service.Admin.PostAsync("/v1/flows", slow);
                }

                refused = await service.PostAsync(SomeBodies.Ndjson, path: "/v1/scores");
                return refused.StatusCode != HttpStatusCode.OK;
            },
            "a refusal");
        Assert.Equal("1 batches are in progress (Ingest:MaxConcurrentBatches).", await TestService.ProblemAsync(refused!, HttpStatusCode.ServiceUnavailable, "overloaded"));
        Assert.Equal(TimeSpan.FromSeconds(7), refused!.Headers.RetryAfter?.Delta);
        refused.Dispose();

        slow.Finish();
        using var answer = await holding;
        await TestService.JsonAsync(answer, HttpStatusCode.OK);
        using var next = await service.PostAsync(SomeBodies.Ndjson);
        await TestService.JsonAsync(next, HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_batch_that_finds_the_queue_full_is_told_to_come_back_and_the_waiting_one_is_stored()
    {
        await using var service = await TestService.StartAsync(settings: ("Ingest:MaxQueuedFlows", "1000"));
        // The ids for what follows come with the first batch, so the writer alone is what waits.
        using var first = await service.PostAsync(SomeBodies.Ndjson);
        await TestService.JsonAsync(first, HttpStatusCode.OK);

        await using var connection = new SqliteConnection($"Data Source={Path.Combine(service.Settings["DataDirectory"], "anomaly.db")};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(connection, "begin immediate");
        var waiting = service.PostAsync(OfficeTraffic.Ndjson(900));
        await TestService.UntilAsync(() => Task.FromResult(service.Get<AnomalyApi.Storage.Writing.FlowWriter>().QueuedFlows == 900), "a batch in the queue");
        using var refused = await service.PostAsync(OfficeTraffic.Ndjson(900, seed: 2));
        Assert.Equal("1000 flows wait for the database (Ingest:MaxQueuedFlows).", await TestService.ProblemAsync(refused, HttpStatusCode.ServiceUnavailable, "overloaded"));
        Assert.Equal(TimeSpan.FromSeconds(2), refused.Headers.RetryAfter?.Delta);

        await ExecuteAsync(connection, "rollback");
        using var answer = await waiting;
        await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal(902, (await service.GetAsync("/v1/flows?limit=1000")).GetProperty("items").GetArrayLength());
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    // Sends its bytes at once and its end when told to.
    private sealed class SlowBody : HttpContent
    {
        private readonly byte[] _body;
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowBody(byte[] body)
        {
            _body = body;
            Headers.ContentType = new("application/x-ndjson");
        }

        public void Finish() => _end.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_body);
            await stream.FlushAsync();
            await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
