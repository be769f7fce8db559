using AnomalyApi.Flows;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using AnomalyApi.Testing;

namespace AnomalyApi.Storage.Tests;

public sealed class SearchTests(PostgresServer server)
{
    public static TheoryData<string> Providers => TestStorage.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Each_filter_of_flows_finds_what_it_names(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(
            Some.Flow(source: "10.0.0.1", port: 53, start: Some.Noon.AddHours(-2), sensor: "a") with { Protocol = 17 },
            Some.Flow(source: "10.0.1.200", destination: "10.0.0.1", port: 80, start: Some.Noon.AddHours(-1), sensor: "b"),
            Some.Flow(source: "2001:db8::5", destination: "2001:db8:ffff::1", port: 443, start: Some.Noon, sensor: "a"));
        flows.Score[0] = 10;
        flows.Score[1] = 40;
        await storage.StoreAsync(flows, modelVersion: 4);
        var search = storage.Get<FlowSearch>();

        async Task Finds(FlowQuery query, params int[] expectedPorts) => Assert.Equal(
            expectedPorts, (await search.FindAsync(query, default)).Select(r => r.DestinationPort!.Value));

        await Finds(new FlowQuery(), 53, 80, 443);
        await Finds(new FlowQuery { NewestFirst = true }, 443, 80, 53);
        await Finds(new FlowQuery { From = Some.Noon.AddHours(-1) }, 80, 443);
        await Finds(new FlowQuery { To = Some.Noon }, 53, 80);
        await Finds(new FlowQuery { MinScore = 40 }, 80);
        await Finds(new FlowQuery { Port = 443 }, 443);
        await Finds(new FlowQuery { Port = 50_000 }, 53, 80, 443);
        await Finds(new FlowQuery { Protocol = 17 }, 53);
        await Finds(new FlowQuery { Sensor = "a" }, 53, 443);
        await Finds(new FlowQuery { ModelVersion = 4 }, 53, 80);
        await Finds(new FlowQuery { Address = new CidrRange(IpAddressValue.Parse("10.0.0.1"), IpAddressValue.Parse("10.0.0.1")) }, 53, 80);
        await Finds(new FlowQuery { Address = new CidrRange(IpAddressValue.Parse("10.0.1.0"), IpAddressValue.Parse("10.0.1.255")) }, 80);
        await Finds(new FlowQuery { Address = new CidrRange(IpAddressValue.Parse("2001:db8::"), IpAddressValue.Parse("2001:db8::ffff")) }, 443);
        await Finds(new FlowQuery { Sensor = "a", Port = 53, From = Some.Noon.AddDays(-1), To = Some.Noon.AddHours(-1) }, 53);
        await Finds(new FlowQuery { Sensor = "c" });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => search.FindAsync(new FlowQuery { Limit = 0 }, default));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Each_filter_of_anomalies_finds_what_it_names(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(
            Some.Flow(source: "10.0.0.1", port: 53, sensor: "a") with { Protocol = 17 },
            Some.Flow(source: "10.0.1.200", destination: "10.0.0.1", port: 80, sensor: "b"),
            Some.Flow(source: "2001:db8::5", destination: "2001:db8:ffff::1", port: 443, sensor: "a"));
        for (var row = 0; row < 3; row++)
        {
            storage.Clock.Now = Some.Noon.AddMinutes(row);
            var id = await storage.Writer.ReserveIdsAsync(IdSequence.Anomaly, 1, default);
            using var one = Some.Flows(flows.Record(row));
            await storage.Writer.CommitAsync(
                await storage.BatchAsync(one, modelVersion: row + 1) with
                {
                    Anomalies = [new AnomalyToStore(0, id, 30 + (10 * row), 0.001, (byte)(row + 1), 30, "{}")],
                },
                default);
        }

        var search = storage.Get<AnomalySearch>();

        async Task Finds(AnomalyQuery query, params int[] expectedPorts) => Assert.Equal(
            expectedPorts, (await search.FindAsync(query, default)).Select(r => r.DestinationPort!.Value));

        await Finds(new AnomalyQuery(), 53, 80, 443);
        await Finds(new AnomalyQuery { NewestFirst = true }, 443, 80, 53);
        await Finds(new AnomalyQuery { From = Some.Noon.AddMinutes(1) }, 80, 443);
        await Finds(new AnomalyQuery { To = Some.Noon.AddMinutes(1) }, 53);
        await Finds(new AnomalyQuery { MinScore = 40 }, 80, 443);
        await Finds(new AnomalyQuery { MinSeverity = 3 }, 443);
        await Finds(new AnomalyQuery { Port = 80 }, 80);
        await Finds(new AnomalyQuery { Protocol = 6 }, 80, 443);
        await Finds(new AnomalyQuery { Sensor = "b" }, 80);
        await Finds(new AnomalyQuery { ModelVersion = 1 }, 53);
        await Finds(new AnomalyQuery { Status = "new" }, 53, 80, 443);
        await Finds(new AnomalyQuery { Status = "closed" });
        await Finds(new AnomalyQuery { Address = new CidrRange(IpAddressValue.Parse("10.0.0.1"), IpAddressValue.Parse("10.0.0.1")) }, 53, 80);
        await Finds(new AnomalyQuery { Address = new CidrRange(IpAddressValue.Parse("10.0.0.0"), IpAddressValue.Parse("10.0.0.255")) }, 53, 80);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Pages_follow_each_other_in_both_directions(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        for (var batch = 0; batch < 5; batch++)
        {
            using var flows = Some.Flows(7, firstPort: 1 + (batch * 7));
            await storage.StoreAsync(flows);
        }

        foreach (var newestFirst in new[] { false, true })
        {
            var seen = new List<int>();
            FeedCursor? after = null;
            while (await storage.Get<FlowSearch>().FindAsync(new FlowQuery { After = after, NewestFirst = newestFirst, Limit = 4 }, default)
                is { Count: > 0 } page)
            {
                seen.AddRange(page.Select(r => r.DestinationPort!.Value));
                after = page[^1].Cursor;
            }

            var expected = Enumerable.Range(1, 35);
            Assert.Equal(newestFirst ? expected.Reverse() : expected, seen);
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_poller_misses_nothing_and_sees_nothing_twice_while_processes_write(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var second = storage.Another();
        await using var third = storage.Another();
        TestStorage[] processes = [storage, second, third];
        var done = 0;
        var writing = processes.Select((process, p) => Task.Run(async () =>
        {
            for (var batch = 0; batch < 40; batch++)
            {
                using var flows = Some.Flows(5, score: 50, firstPort: 1 + (p * 200) + (batch * 5));
                var id = await process.Writer.ReserveIdsAsync(IdSequence.Anomaly, 5, default);
                var stored = await process.Writer.CommitAsync(
                    await process.BatchAsync(flows, modelVersion: 1) with
                    {
                        Anomalies = [.. Enumerable.Range(0, 5).Select(row => new AnomalyToStore(row, id + row, 50, 1e-5, 3, 30, "{}"))],
                    },
                    default);
                Assert.Equal(CommitOutcome.Committed, stored.Outcome);
            }

            Interlocked.Increment(ref done);
        })).ToArray();

        // A transaction that took its number early, and commits late.
        var held = provider == "postgres" ? HeldInsertAsync(storage, () => Volatile.Read(ref done) == 3) : Task.CompletedTask;

        var flowPorts = new List<int>();
        var anomalyPorts = new List<int>();
        FeedCursor? afterFlow = null;
        FeedCursor? afterAnomaly = null;
        var finished = false;
        while (true)
        {
            var flows = await storage.Get<FlowSearch>().FindAsync(new FlowQuery { After = afterFlow, Limit = 16 }, default);
            var anomalies = await storage.Get<AnomalySearch>().FindAsync(new AnomalyQuery { After = afterAnomaly, Limit = 16 }, default);
            flowPorts.AddRange(flows.Select(r => r.DestinationPort!.Value));
            anomalyPorts.AddRange(anomalies.Select(r => r.DestinationPort!.Value));
            afterFlow = flows.Count > 0 ? flows[^1].Cursor : afterFlow;
            afterAnomaly = anomalies.Count > 0 ? anomalies[^1].Cursor : afterAnomaly;
            if (flows.Count + anomalies.Count == 0 && finished)
            {
                break;
            }

            finished = held.IsCompleted && writing.All(w => w.IsCompleted);
        }

        await Task.WhenAll(writing);
        await held;
        var expected = Enumerable.Range(1, 600).ToList();
        Assert.Equal(expected, anomalyPorts.Order());
        if (provider == "postgres")
        {
            expected.Add(60_000);
        }

        Assert.Equal(expected, flowPorts.Order());
    }

    [Fact]
    public async Task Nothing_behind_a_transaction_still_running_is_handed_out()
    {
        await using var storage = await TestStorage.CreateAsync("postgres", server);
        var search = storage.Get<FlowSearch>();
        var release = new TaskCompletionSource();
        var inserted = new TaskCompletionSource();
        var held = HeldInsertAsync(storage, () => release.Task.IsCompleted, inserted);
        await inserted.Task;
        using var flows = Some.Flows(3);
        Assert.Equal(CommitOutcome.Committed, (await storage.StoreAsync(flows)).Outcome);

        Assert.Empty(await search.FindAsync(new FlowQuery(), default));
        Assert.Empty(await search.FindAsync(new FlowQuery { NewestFirst = true }, default));
        using (var unscored = await storage.Get<FlowStore>().ReadUnscoredAsync(null, 10, default))
        {
            Assert.Empty(unscored.Cursors);
        }

        release.SetResult();
        await held;
        Assert.Equal([60_000, 1, 2, 3], (await search.FindAsync(new FlowQuery(), default)).Select(r => r.DestinationPort!.Value));
    }

    [Fact]
    public async Task A_transaction_in_another_database_of_the_server_holds_nothing_back()
    {
        await using var elsewhere = await TestStorage.CreateAsync("postgres", server);
        await using var storage = await TestStorage.CreateAsync("postgres", server);
        var release = new TaskCompletionSource();
        var inserted = new TaskCompletionSource();
        var held = HeldInsertAsync(elsewhere, () => release.Task.IsCompleted, inserted);
        await inserted.Task;
        using var flows = Some.Flows(3);
        await storage.StoreAsync(flows);

        Assert.Equal(3, (await storage.Get<FlowSearch>().FindAsync(new FlowQuery(), default)).Count);

        release.SetResult();
        await held;
    }

    private static async Task HeldInsertAsync(TestStorage storage, Func<bool> mayCommit, TaskCompletionSource? inserted = null)
    {
        await using var connection = await storage.Database.OpenConnectionAsync(default);
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"""
             insert into flow (id, received_at, start_time, protocol, state, direction, src_ip, dst_ip, dst_port)
             values (0, '{storage.Clock.Now:yyyy-MM-dd HH:mm:ss}+00', now(), 6, 0, 0, decode(repeat('00', 16), 'hex'), decode(repeat('00', 16), 'hex'), 60000)
             """;
        await command.ExecuteNonQueryAsync();
        inserted?.SetResult();
        while (!mayCommit())
        {
            await Task.Delay(5);
        }

        await transaction.CommitAsync();
    }
}
