using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using AnomalyApi.Testing;

namespace AnomalyApi.Storage.Tests;

public sealed class FlowStoreTests(PostgresServer server)
{
    public static TheoryData<string> Providers => TestStorage.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Counting_stops_at_the_bound(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(30);
        var store = storage.Get<FlowStore>();
        Assert.Equal(0, await store.CountAsync(10, default));

        await storage.StoreAsync(flows);

        Assert.Equal(10, await store.CountAsync(10, default));
        Assert.Equal(30, await store.CountAsync(31, default));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_sample_is_in_order_of_arrival_and_depends_on_the_seed_alone(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(5_000);
        await storage.StoreAsync(flows);
        var store = storage.Get<FlowStore>();

        async Task<int[]> Sample(int maxRows, ulong seed)
        {
            using var sample = await store.SampleAsync(null, null, maxRows, seed, default);
            return sample.DestinationPort.ToArray();
        }

        var once = await Sample(1_000, 1);
        Assert.Equal(1_000, once.Distinct().Count());
        Assert.Equal(once.Order(), once);
        Assert.Equal(once, await Sample(1_000, 1));
        Assert.NotEqual(once, await Sample(1_000, 2));
        Assert.NotEqual(once, await Sample(1_000, ulong.MaxValue));
        Assert.Equal(Enumerable.Range(1, 5_000), await Sample(5_000, 3));
        Assert.Equal(Enumerable.Range(1, 5_000), await Sample(9_999, 3));
        Assert.Single(await Sample(1, 3));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Every_flow_is_as_likely_as_any_other_to_be_sampled(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(1_000);
        await storage.StoreAsync(flows);
        var hits = new int[1_000];
        for (ulong seed = 0; seed < 100; seed++)
        {
            using var sample = await storage.Get<FlowStore>().SampleAsync(null, null, 200, seed, default);
            Assert.Equal(200, sample.Count);
            foreach (var port in sample.DestinationPort)
            {
                hits[port - 1]++;
            }
        }

        // Each flow's hits are binomial (100, 0.2), so the sum is chi-squared with 999 degrees of freedom: 999 ± 45. Five sigma.
        var chiSquared = hits.Sum(h => (h - 20.0) * (h - 20.0) / 16.0);
        Assert.InRange(chiSquared, 999 - 225, 999 + 225);

        // And no tenth of the time is preferred: 2,000 hits each, standard deviation 38.
        for (var tenth = 0; tenth < 10; tenth++)
        {
            Assert.InRange(hits[(tenth * 100)..((tenth + 1) * 100)].Sum(), 2_000 - 190, 2_000 + 190);
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_sample_keeps_to_its_window(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        for (var day = 0; day < 4; day++)
        {
            storage.Clock.Now = Some.Noon.AddDays(day);
            using var flows = Some.Flows(10, firstPort: 1 + (day * 10));
            await storage.StoreAsync(flows);
        }

        using var sample = await storage.Get<FlowStore>().SampleAsync(Some.Noon.AddDays(1), Some.Noon.AddDays(3), 100, 1, default);
        using var part = await storage.Get<FlowStore>().SampleAsync(Some.Noon.AddDays(1), Some.Noon.AddDays(3), 15, 1, default);

        Assert.Equal(Enumerable.Range(11, 20), sample.DestinationPort.ToArray());
        Assert.Equal(15, part.DestinationPort.ToArray().Intersect(Enumerable.Range(11, 20)).Count());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_sample_carries_the_newest_score(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(2, score: 12);
        await storage.StoreAsync(flows, modelVersion: 1);
        await storage.ExecuteAsync("update flow set current_score = 45 where dst_port = 2");

        using var sample = await storage.Get<FlowStore>().SampleAsync(null, null, 10, 1, default);

        Assert.Equal([12f, 45f], sample.Score.ToArray());
        var found = await storage.Get<FlowSearch>().FindAsync(new FlowQuery { MinScore = 40 }, default);
        Assert.Equal((12f, 45f), (found.Single().Score, found.Single().CurrentScore));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Flows_stored_unscored_are_scored_after_and_only_once(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using (var before = Some.Flows(25))
        {
            await storage.StoreAsync(before);
        }

        using (var scoredAlready = Some.Flows(5, score: 20, firstPort: 100))
        {
            await storage.StoreAsync(scoredAlready, modelVersion: 1);
        }

        var store = storage.Get<FlowStore>();
        using var first = await store.ReadUnscoredAsync(null, 20, default);
        using var rest = await store.ReadUnscoredAsync(first.Cursors[^1], 20, default);
        using var none = await store.ReadUnscoredAsync(rest.Cursors[^1], 20, default);
        Assert.Equal(Enumerable.Range(1, 20), first.Flows.DestinationPort.ToArray());
        Assert.Equal(Enumerable.Range(21, 5), rest.Flows.DestinationPort.ToArray());
        Assert.Empty(none.Cursors);
        Assert.All(first.ReceivedAt, t => Assert.Equal(Some.Noon, t));

        var scores = Enumerable.Repeat(15f, 20).ToArray();
        scores[3] = 55;
        scores[7] = float.NaN;
        var id = await storage.Writer.ReserveIdsAsync(IdSequence.Anomaly, 2, default);
        AnomalyToStore[] anomalies = [new(3, id, 55, 3e-6, 3, 30, "{}")];
        var detected = Some.Noon.AddHours(3);
        var set = await store.SetScoresAsync(first, scores, 2, anomalies, detected, default);
        var again = await store.SetScoresAsync(first, scores, 3, [anomalies[0] with { Id = id + 1 }], detected, default);

        Assert.Equal((19, 0), (set, again));
        var anomaly = Assert.Single(await storage.Get<AnomalySearch>().FindAsync(new AnomalyQuery(), default));
        Assert.Equal((id, first.Cursors[3].Id, 4, 2, detected), (anomaly.Id, anomaly.FlowId, anomaly.DestinationPort, anomaly.ModelVersion, anomaly.DetectedAt));
        Assert.Equal(Some.Noon, anomaly.ReceivedAt);
        var rows = await storage.Get<FlowSearch>().FindAsync(new FlowQuery { ModelVersion = 2 }, default);
        Assert.Equal(19, rows.Count);
        Assert.Equal(55, rows.Single(r => r.DestinationPort == 4).Score);
        using var left = await store.ReadUnscoredAsync(null, 100, default);
        Assert.Equal([8, 21, 22, 23, 24, 25], left.Flows.DestinationPort.ToArray());
        var stats = await storage.Get<StatsStore>().ReadAsync(Some.Noon, Some.Noon.AddDays(1), default);
        Assert.Equal([new HourCounts(Some.Noon, 30, 0, 0), new HourCounts(Some.Noon.AddHours(3), 0, 0, 1)], stats.Hours);
        await Assert.ThrowsAsync<ArgumentException>(() => store.SetScoresAsync(first, new float[3], 2, [], detected, default));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Two_processes_scoring_the_same_flows_score_each_once(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var another = storage.Another();
        using var flows = Some.Flows(200);
        await storage.StoreAsync(flows);
        var id = await storage.Writer.ReserveIdsAsync(IdSequence.Anomaly, 800, default);

        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            var store = (i % 2 == 0 ? storage : another).Get<FlowStore>();
            using var page = await store.ReadUnscoredAsync(null, 200, default);
            var scores = Enumerable.Repeat(50f, page.Flows.Count).ToArray();
            var anomalies = Enumerable.Range(0, scores.Length)
                .Select(row => new AnomalyToStore(row, id + (i * 200) + row, 50, 1e-5, 3, 30, "{}")).ToArray();
            return await store.SetScoresAsync(page, scores, 1, anomalies, Some.Noon, default);
        })));

        Assert.Equal(200, counts.Sum());
        var anomalies = await storage.Get<AnomalySearch>().FindAsync(new AnomalyQuery { Limit = 1000 }, default);
        Assert.Equal(Enumerable.Range(1, 200), anomalies.Select(a => a.DestinationPort!.Value).Order());
    }
}
