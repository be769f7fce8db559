using AnomalyApi.Flows;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using AnomalyApi.Testing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Tests;

public sealed class FlowWriterTests(PostgresServer server)
{
    public static TheoryData<string> Providers => TestStorage.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_flow_comes_back_as_it_was_stored(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var full = Some.Flow() with { Label = "scan", Start = Some.Noon.AddTicks(1_234_560) };
        var bare = new FlowRecord
        {
            Start = Some.Noon,
            Source = IpAddressValue.Parse("2001:db8::1"),
            Destination = IpAddressValue.Parse("ff02::fb"),
            Protocol = 58,
        };
        var zeros = full with
        {
            Duration = TimeSpan.Zero, SourcePort = 0, DestinationPort = 0, Protocol = 255, ForwardPackets = 0, ReversePackets = 0,
            ForwardBytes = long.MaxValue, ReverseBytes = 0, TcpFlags = 255, State = ConnectionState.Oth, Direction = FlowDirection.External,
            Service = "", Sensor = "größer 🚀",
        };
        using var flows = Some.Flows(full, bare, zeros);
        flows.Score[0] = 33.5f;

        var result = await storage.StoreAsync(flows, modelVersion: 7);

        Assert.Equal(CommitOutcome.Committed, result.Outcome);
        var rows = await storage.Get<FlowSearch>().FindAsync(new FlowQuery(), default);
        Assert.Equal([full, bare, zeros], rows.Select(r => r.ToRecord()));
        Assert.Equal([33.5f, null, null], rows.Select(r => r.Score));
        Assert.Equal([7, null, null], rows.Select(r => r.ModelVersion));
        Assert.All(rows, r => Assert.Equal(storage.Clock.Now, r.ReceivedAt));
        Assert.All(rows, r => Assert.Equal(DateTimeKind.Utc, r.StartTime.Kind));
        using var sample = await storage.Get<FlowStore>().SampleAsync(null, null, 10, 1, default);
        Assert.Equal([full, bare, zeros], Enumerable.Range(0, 3).Select(sample.Record));
        Assert.Equal(33.5f, sample.Score[0]);
        Assert.True(float.IsNaN(sample.Score[1]));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Other_sensors_that_saw_a_flow_come_back_with_it_and_with_its_anomaly(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(2, score: 50);
        var anomaly = await storage.Writer.ReserveIdsAsync(IdSequence.Anomaly, 1, default);
        var batch = await storage.BatchAsync(flows, modelVersion: 1);
        batch = batch with
        {
            Anomalies = [new AnomalyToStore(1, anomaly, 50, 1e-5, 3, 30, "{}")],
            Sightings = [new FlowSighting(batch.FirstFlowId + 1, "exit"), new FlowSighting(batch.FirstFlowId + 1, "core"), new FlowSighting(batch.FirstFlowId + 1, "core")],
        };

        Assert.Equal(CommitOutcome.Committed, (await storage.Writer.CommitAsync(batch, default)).Outcome);

        var rows = await storage.Get<FlowSearch>().FindAsync(new FlowQuery(), default);
        Assert.Empty(rows[0].SeenBy);
        Assert.Equal(["core", "exit"], rows[1].SeenBy);
        Assert.Equal(["core", "exit"], (await storage.Get<AnomalySearch>().FindAsync(new AnomalyQuery(), default)).Single().SeenBy);
        Assert.Equal(["core", "exit"], (await storage.Get<AnomalySearch>().GetAsync(anomaly, default))!.SeenBy);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_anomaly_comes_back_with_its_flow(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(Some.Flow(port: 1), Some.Flow(port: 2));
        var id = await storage.Writer.ReserveIdsAsync(IdSequence.Anomaly, 1, default);
        var batch = await storage.BatchAsync(flows, modelVersion: 3) with
        {
            Anomalies = [new AnomalyToStore(1, id, 61.25f, 7.5e-7, 4, 30, """{"summary":"odd\u0000"}""")],
        };

        await storage.Writer.CommitAsync(batch, default);

        var row = await storage.Get<AnomalySearch>().GetAsync(id, default);
        Assert.NotNull(row);
        Assert.Equal(flows.Record(1), row.ToRecord());
        Assert.Equal(batch.FirstFlowId + 1, row.FlowId);
        Assert.Equal((61.25f, 7.5e-7, (byte)4, 30f, 3, "new"), (row.Score, row.PValue, row.Severity, row.Threshold, row.ModelVersion, row.Status));
        Assert.Equal("""{"summary":"odd\u0000"}""", row.Explanation);
        Assert.Equal(storage.Clock.Now, row.DetectedAt);
        Assert.Null(await storage.Get<AnomalySearch>().GetAsync(id + 1, default));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Batches_that_wait_together_share_a_transaction(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var batches = new List<BatchToStore>();
        for (var i = 0; i < 200; i++)
        {
            batches.Add(await storage.BatchAsync(Some.Flows(5)));
        }

        List<Task<CommitResult>> commits;
        await using (await storage.BlockWritesAsync())
        {
            commits = [.. batches.Select(b => storage.Writer.CommitAsync(b, default))];
        }

        var results = await Task.WhenAll(commits);

        Assert.All(results, r => Assert.Equal(CommitOutcome.Committed, r.Outcome));
        Assert.Equal(1000, await storage.CountFlowsAsync());
        Assert.InRange(storage.Writer.GroupsCommitted, 1, 2);
        Assert.Equal(0, storage.Writer.QueuedFlows);
        await using var context = storage.Database.CreateDbContext();
        Assert.Equal(storage.Writer.GroupsCommitted, await context.Flows.Select(f => f.CommittedIn).Distinct().CountAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task The_same_key_and_body_give_the_first_answer_again(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(3);
        var first = await storage.StoreAsync(flows, Some.Key("k"), "first answer");

        var again = await storage.StoreAsync(flows, Some.Key("k"), "second answer");
        var other = await storage.StoreAsync(flows, Some.Key("k", "other body"), "third answer");
        var elsewhere = await storage.StoreAsync(flows, Some.Key("k") with { Scope = "sensor-b" }, "fourth answer");

        Assert.Equal(CommitOutcome.Committed, first.Outcome);
        Assert.Equal(CommitOutcome.Replayed, again.Outcome);
        Assert.Equal(first.BatchId, again.BatchId);
        Assert.Equal("first answer"u8.ToArray(), again.Answer.ToArray());
        Assert.Equal(CommitOutcome.KeyReused, other.Outcome);
        Assert.Equal(CommitOutcome.Committed, elsewhere.Outcome);
        Assert.Equal(6, await storage.CountFlowsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task One_key_sent_many_times_at_once_is_stored_once(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var another = storage.Another();
        using var flows = Some.Flows(3);

        var sends = Enumerable.Range(0, 40).Select(i => Task.Run(() => (i % 2 == 0 ? storage : another).StoreAsync(flows, Some.Key($"k{i % 4}"))));
        var results = await Task.WhenAll(sends);

        Assert.Equal(4, results.Count(r => r.Outcome == CommitOutcome.Committed));
        Assert.Equal(36, results.Count(r => r.Outcome == CommitOutcome.Replayed));
        Assert.Equal(4, results.Select(r => r.BatchId).Distinct().Count());
        Assert.Equal(12, await storage.CountFlowsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Beyond_the_bound_a_batch_is_refused_at_once(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server, change: o => o with { MaxQueuedFlows = 100, MaxGroupFlows = 50 });
        using var large = Some.Flows(500);
        using var small = Some.Flows(10);

        var alone = await storage.StoreAsync(large);
        var waiting = await storage.BatchAsync(large);
        var behind = await storage.BatchAsync(small);
        Task<CommitResult> first;
        CommitResult refused;
        await using (await storage.BlockWritesAsync())
        {
            first = storage.Writer.CommitAsync(waiting, default);
            refused = await storage.Writer.CommitAsync(behind, default);
            Assert.Equal(500, storage.Writer.QueuedFlows);
        }

        Assert.Equal(CommitOutcome.Committed, alone.Outcome);
        Assert.Equal(CommitOutcome.Committed, (await first).Outcome);
        Assert.Equal(CommitOutcome.QueueFull, refused.Outcome);
        Assert.Equal(CommitOutcome.Committed, (await storage.Writer.CommitAsync(behind, default)).Outcome);
        Assert.Equal(1010, await storage.CountFlowsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task What_the_database_refuses_fails_alone(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(2);
        var anomaly = new AnomalyToStore(0, 77, 50, 1e-5, 3, 30, "{}");
        await storage.Writer.CommitAsync(await storage.BatchAsync(flows, modelVersion: 1) with { Anomalies = [anomaly] }, default);
        var poisoned = await storage.BatchAsync(flows, Some.Key("poisoned"), modelVersion: 1) with { Anomalies = [anomaly] };
        var good = new List<BatchToStore>();
        for (var i = 0; i < 20; i++)
        {
            good.Add(await storage.BatchAsync(flows));
        }

        List<Task<CommitResult>> neighbours;
        Task<CommitResult> failing;
        await using (await storage.BlockWritesAsync())
        {
            neighbours = [.. good[..10].Select(b => storage.Writer.CommitAsync(b, default))];
            failing = storage.Writer.CommitAsync(poisoned, default);
            neighbours.AddRange(good[10..].Select(b => storage.Writer.CommitAsync(b, default)));
        }

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => failing);
        Assert.All(await Task.WhenAll(neighbours), r => Assert.Equal(CommitOutcome.Committed, r.Outcome));
        Assert.Equal(42, await storage.CountFlowsAsync());
        Assert.Equal(0, storage.Writer.QueuedFlows);
        await using var context = storage.Database.CreateDbContext();
        Assert.False(await context.Batches.AnyAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Hostile_text_is_stored_and_harms_nobody(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var loneSurrogate = "a\uD800b";
        using var flows = Some.Flows(
            Some.Flow(sensor: "nul\0inside", service: "'; drop table flow; --"),
            Some.Flow(sensor: loneSurrogate, service: "\\N"),
            Some.Flow(sensor: new string('ü', 100_000), service: "\u202Etxt\r\n\t"));

        var result = await storage.StoreAsync(flows, new BatchKey("s\0", "k\0'\"", new byte[32]));
        var again = await storage.StoreAsync(flows, new BatchKey("s\0", "k\0'\"", new byte[32]));

        Assert.Equal(CommitOutcome.Committed, result.Outcome);
        Assert.Equal(CommitOutcome.Replayed, again.Outcome);
        var rows = await storage.Get<FlowSearch>().FindAsync(new FlowQuery(), default);
        Assert.Equal(["nul\uFFFDinside", "a\uFFFDb", new string('ü', 100_000)], rows.Select(r => r.Sensor));
        Assert.Equal(["'; drop table flow; --", "\\N", "\u202Etxt\r\n\t"], rows.Select(r => r.Service));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Ids_are_unique_across_processes(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var another = storage.Another();
        int[] sizes = [1, 1000, 0, 70_000, 3, 65_536];

        var blocks = await Task.WhenAll(Enumerable.Range(0, 36).Select(i => Task.Run(async () =>
        {
            var size = sizes[i % sizes.Length];
            var first = await (i % 2 == 0 ? storage : another).Writer.ReserveIdsAsync(IdSequence.Flow, size, default);
            return (First: first, End: first + size);
        })));

        var ordered = blocks.Where(b => b.End > b.First).OrderBy(b => b.First).ToList();
        Assert.True(ordered[0].First > 0);
        Assert.All(ordered.Zip(ordered.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.First));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Stopping_stores_what_was_accepted(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(10);
        var batches = new List<BatchToStore>();
        for (var i = 0; i < 50; i++)
        {
            batches.Add(await storage.BatchAsync(flows));
        }

        var commits = batches.Select(b => storage.Writer.CommitAsync(b, default)).ToList();
        await storage.Writer.StopAsync();
        var late = await storage.Writer.CommitAsync(batches[0], default);

        Assert.All(await Task.WhenAll(commits), r => Assert.Equal(CommitOutcome.Committed, r.Outcome));
        Assert.Equal(CommitOutcome.Unavailable, late.Outcome);
        Assert.Equal(500, await storage.CountFlowsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_cancelled_batch_is_stored_whole_or_not_at_all(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(10);
        var batches = new List<BatchToStore>();
        for (var i = 0; i < 60; i++)
        {
            batches.Add(await storage.BatchAsync(flows));
        }

        using var stop = new CancellationTokenSource();
        List<Task<CommitResult>> commits;
        await using (await storage.BlockWritesAsync())
        {
            commits = [.. batches.Select(b => storage.Writer.CommitAsync(b, stop.Token))];
            await stop.CancelAsync();
        }

        var stored = 0;
        foreach (var commit in commits)
        {
            try
            {
                stored += (await commit).Outcome == CommitOutcome.Committed ? 1 : 0;
            }
            catch (OperationCanceledException)
            {
            }
        }

        Assert.Equal(CommitOutcome.Committed, (await storage.StoreAsync(flows)).Outcome);
        Assert.Equal((stored + 1) * 10, await storage.CountFlowsAsync());
        Assert.Equal(0, storage.Writer.QueuedFlows);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => storage.Writer.CommitAsync(batches[0], stop.Token));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_batch_without_flows_keeps_its_key_and_its_count_of_refused_lines(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var empty = FlowBatch.Rent();

        var batch = await storage.BatchAsync(empty, Some.Key("k"), "all refused") with { RejectedCount = 9 };
        var first = await storage.Writer.CommitAsync(batch, default);
        var again = await storage.Writer.CommitAsync(batch, default);

        Assert.Equal((CommitOutcome.Committed, CommitOutcome.Replayed), (first.Outcome, again.Outcome));
        var stats = await storage.Get<StatsStore>().ReadAsync(Some.Noon, Some.Noon.AddHours(1), default);
        Assert.Equal([new HourCounts(Some.Noon, 0, 9, 0)], stats.Hours);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_batch_that_contradicts_itself_is_our_own_mistake(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(1);
        var batch = await storage.BatchAsync(flows, modelVersion: 1);
        var anomaly = new AnomalyToStore(1, 1, 50, 1e-5, 3, 30, "{}");

        await Assert.ThrowsAsync<ArgumentException>(() => storage.Writer.CommitAsync(batch with { Anomalies = [anomaly] }, default));
        await Assert.ThrowsAsync<ArgumentException>(
            () => storage.Writer.CommitAsync(batch with { Anomalies = [anomaly with { Row = 0 }], ModelVersion = null }, default));
        await Assert.ThrowsAsync<ArgumentException>(() => storage.Writer.CommitAsync(batch with { ReceivedAt = DateTime.Now }, default));
        await Assert.ThrowsAsync<ArgumentException>(
            () => storage.Writer.CommitAsync(batch with { Key = new BatchKey("s", "k", new byte[31]) }, default));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Flows_of_a_day_nobody_prepared_are_stored_all_the_same(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(2);

        storage.Clock.Now = Some.Noon.AddDays(100);
        await storage.StoreAsync(flows);
        storage.Clock.Now = Some.Noon.AddDays(-400);
        await storage.StoreAsync(flows);

        Assert.Equal(4, await storage.CountFlowsAsync());
    }

    [Fact]
    public async Task A_partition_that_another_process_dropped_is_made_again()
    {
        await using var storage = await TestStorage.CreateAsync("postgres", server);
        await using var another = storage.Another();
        using var flows = Some.Flows(2);
        await storage.StoreAsync(flows);

        await another.Get<RetentionStore>().ApplyAsync(new RetentionLimits { Flows = TimeSpan.FromDays(1) }, Some.Noon.AddDays(5), default);
        var late = await storage.StoreAsync(flows);

        Assert.Equal(CommitOutcome.Committed, late.Outcome);
        Assert.Equal(2, await storage.CountFlowsAsync());
    }
}
