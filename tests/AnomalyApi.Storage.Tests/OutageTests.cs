using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using AnomalyApi.Testing;

namespace AnomalyApi.Storage.Tests;

public sealed class OutageTests
{
    [Fact]
    public async Task PostgreSQL_goes_and_comes_back_and_nothing_acknowledged_is_lost()
    {
        await using var server = PostgresServer.Private();
        await using var storage = await TestStorage.CreateAsync("postgres", server);
        using var flows = Some.Flows(7);
        var acknowledged = new List<string>();
        foreach (var crash in new[] { true, false })
        {
            // Stopped in the middle of work.
            var enough = acknowledged.Count + 50;
            var sending = Enumerable.Range(0, 4).Select(_ => Task.Run(() => SendUntilAwayAsync(storage, acknowledged))).ToArray();
            while (Count(acknowledged) < enough)
            {
                await Task.Delay(5);
            }

            await server.StopServerAsync(crash);
            await Task.WhenAll(sending);
            var batch = new BatchToStore { Flows = flows, FirstFlowId = 1, ReceivedAt = Some.Noon, BatchId = "away", Key = Some.Key("away") };
            Assert.Equal(CommitOutcome.Unavailable, (await storage.Writer.CommitAsync(batch, default)).Outcome);
            Assert.False(storage.Writer.IsAvailable);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Database.PingAsync(default));
            var reading = await Assert.ThrowsAnyAsync<Exception>(() => storage.Get<FlowSearch>().FindAsync(new FlowQuery(), default));
            Assert.True(storage.Database.IsUnavailable(reading));
            Assert.False(storage.Database.IsUnavailable(new IOException("a client went away")));

            await server.StartServerAsync();
            Assert.Equal(CommitOutcome.Committed, (await storage.StoreAsync(flows, Some.Key($"back {crash}"))).Outcome);
            Assert.True(storage.Writer.IsAvailable);
            await storage.Database.PingAsync(default);
        }

        // Sending all of them again stores none twice, and misses none.
        var before = await storage.CountFlowsAsync();
        foreach (var key in acknowledged)
        {
            Assert.Equal(CommitOutcome.Replayed, (await storage.StoreAsync(flows, Some.Key(key))).Outcome);
        }

        Assert.Equal(before, await storage.CountFlowsAsync());
        Assert.True(before >= 7 * acknowledged.Count);
        Assert.Equal(0, storage.Writer.QueuedFlows);
    }

    [Fact]
    public async Task A_lock_is_lost_with_the_server()
    {
        await using var server = PostgresServer.Private();
        await using var storage = await TestStorage.CreateAsync("postgres", server);
        await using var held = await storage.Database.TryLockAsync("x", default);
        var lost = new TaskCompletionSource();
        using var registration = held!.Lost.Register(lost.SetResult);

        await server.StopServerAsync(crash: true);

        await lost.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static int Count(List<string> acknowledged)
    {
        lock (acknowledged)
        {
            return acknowledged.Count;
        }
    }

    private static async Task SendUntilAwayAsync(TestStorage storage, List<string> acknowledged)
    {
        using var flows = Some.Flows(7);
        try
        {
            while (true)
            {
                var key = Guid.NewGuid().ToString();
                if ((await storage.StoreAsync(flows, Some.Key(key))).Outcome != CommitOutcome.Committed)
                {
                    return;
                }

                lock (acknowledged)
                {
                    acknowledged.Add(key);
                }
            }
        }
        catch (StorageUnavailableException)
        {
            // No ids to be had either.
        }
    }
}
