using System.Net;
using AnomalyApi.Security;
using AnomalyApi.Testing;
using Microsoft.Data.Sqlite;

namespace AnomalyApi.Tests.Ingest;

public sealed class OverloadTests
{
    [Fact]
    public async Task A_batch_more_than_may_be_in_progress_is_told_to_come_back()
    {
        await using var service = await TestService.StartAsync(settings: [("Ingest:MaxConcurrentBatches", "1"), ("Ingest:RetryAfter", "00:00:07")]);
        // The service says "continue" when it reads the body, and by then the batch is in progress.
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using var patient = new HttpClient(handler) { BaseAddress = service.Address };
        using var slow = new SlowBody(SomeBodies.Lines(SomeBodies.Flow));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/flows") { Content = slow };
        request.Headers.ExpectContinue = true;
        request.Headers.Add(ApiKeyAuthentication.HeaderName, service.AdminKey);
        var holding = patient.SendAsync(request, TestContext.Current.CancellationToken);
        await slow.Started.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        using var refused = await service.PostAsync(SomeBodies.Ndjson);
        Assert.Equal("1 batches are in progress (Ingest:MaxConcurrentBatches).", await TestService.ProblemAsync(refused, HttpStatusCode.ServiceUnavailable, "overloaded"));
        Assert.Equal(TimeSpan.FromSeconds(7), refused.Headers.RetryAfter?.Delta);

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
        private readonly TaskCompletionSource _start = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowBody(byte[] body)
        {
            _body = body;
            Headers.ContentType = new("application/x-ndjson");
        }

        public Task Started => _start.Task;

        public void Finish() => _end.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _start.TrySetResult();
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
