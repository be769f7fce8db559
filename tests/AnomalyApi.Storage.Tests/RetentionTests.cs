using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using AnomalyApi.Testing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Tests;

public sealed class RetentionTests(PostgresServer server)
{
    public static TheoryData<string> Providers => TestStorage.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Each_table_keeps_what_its_limit_says(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        for (var day = 0; day < 10; day++)
        {
            storage.Clock.Now = Some.Noon.AddDays(day);
            using var flows = Some.Flows(4, score: 50, firstPort: 1 + (day * 4));
            var id = await storage.Writer.ReserveIdsAsync(IdSequence.Anomaly, 1, default);
            await storage.Writer.CommitAsync(
                await storage.BatchAsync(flows, Some.Key($"k{day}"), modelVersion: 1) with
                {
                    Anomalies = [new AnomalyToStore(0, id, 50, 1e-5, 3, 30, "{}")],
                    Sightings = [new FlowSighting(1, $"sensor-{day}")],
                },
                default);
            var training = Some.Training(storage.Clock.Now);
            await storage.Get<TrainingStore>().AddAsync(training, default);
            await storage.Get<CaptureStore>().AddAsync(new CaptureRow { Id = $"c{day}", Spool = "s", FileName = "x.pcap", CreatedAt = storage.Clock.Now }, default);
            if (day < 9)
            {
                await storage.Get<CaptureStore>().FinishAsync($"c{day}", JobStatus.Succeeded, null, default);
                await storage.Get<TrainingStore>().FinishAsync(training.Id, JobStatus.Failed, "", null, null, "x", default);
            }
        }

        var limits = new RetentionLimits
        {
            Flows = TimeSpan.FromDays(3),
            Anomalies = TimeSpan.FromDays(5),
            Batches = TimeSpan.FromDays(1),
            Trainings = TimeSpan.FromDays(2),
            Captures = TimeSpan.FromDays(3),
            IngestHours = TimeSpan.FromDays(7),
        };
        var now = Some.Noon.AddDays(9).Date.AddDays(1);
        var counts = await storage.Get<RetentionStore>().ApplyAsync(limits, now, default);
        var again = await storage.Get<RetentionStore>().ApplyAsync(limits, now, default);

        Assert.Equal(new RetentionCounts(28, 7, 5, 9, 8, 7, 3, 0), counts);
        Assert.Equal(new RetentionCounts(0, 0, 0, 0, 0, 0, 0, 0), again);
        Assert.Equal(12, await storage.CountFlowsAsync());
        var rest = await storage.Get<FlowSearch>().FindAsync(new FlowQuery(), default);
        Assert.Equal(Enumerable.Range(29, 12), rest.Select(r => r.DestinationPort!.Value));
        await using var context = storage.Database.CreateDbContext();
        Assert.Equal((5, 1, 2, 7), (
            await context.Anomalies.CountAsync(), await context.Batches.CountAsync(), await context.Trainings.CountAsync(),
            await context.IngestHours.CountAsync()));
        using var more = Some.Flows(1);
        storage.Clock.Now = Some.Noon;
        Assert.Equal(CommitOutcome.Committed, (await storage.StoreAsync(more)).Outcome);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task No_limit_deletes_nothing(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(4);
        await storage.StoreAsync(flows, Some.Key("k"));

        var counts = await storage.Get<RetentionStore>().ApplyAsync(new RetentionLimits(), Some.Noon.AddYears(50), default);

        Assert.Equal(new RetentionCounts(0, 0, 0, 0, 0, 0, 0, 0), counts);
        Assert.Equal(4, await storage.CountFlowsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task More_than_one_chunk_is_deleted(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(12_000, score: 50);
        var id = await storage.Writer.ReserveIdsAsync(IdSequence.Anomaly, 12_000, default);
        await storage.Writer.CommitAsync(
            await storage.BatchAsync(flows, modelVersion: 1) with
            {
                Anomalies = [.. Enumerable.Range(0, 12_000).Select(row => new AnomalyToStore(row, id + row, 50, 1e-5, 3, 30, "{}"))],
            },
            default);

        var limits = new RetentionLimits { Flows = TimeSpan.FromDays(1), Anomalies = TimeSpan.FromDays(1) };
        var counts = await storage.Get<RetentionStore>().ApplyAsync(limits, Some.Noon.AddDays(3), default);

        Assert.Equal((12_000, 12_000), (counts.Flows, counts.Anomalies));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Models_that_are_active_or_a_rollback_away_are_kept(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var models = storage.Get<ModelStore>();
        for (var version = 1; version <= 8; version++)
        {
            await models.AddAsync(Some.Model(version), default);
        }

        await models.AddAsync(Some.Model(9, name: "other"), default);
        await models.ActivateAsync("default", 4, "anna", "", default);
        await models.ActivateAsync("default", 1, "anna", "", default);
        await models.ActivateAsync("default", 2, "anna", "", default);
        await models.ActivateAsync("default", 2, "anna", "", default);

        var counts = await storage.Get<RetentionStore>().ApplyAsync(new RetentionLimits { Models = 2 }, Some.Noon, default);

        Assert.Equal(4, counts.Models);
        Assert.Equal([8, 7, 2, 1], (await models.ListAsync("default", default)).Select(m => m.Version));
        Assert.Single(await models.ListAsync("other", default));
        Assert.Equal(1, (await models.PreviousAsync("default", default))!.Version);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Counts_by_hour_and_severity_add_up_over_processes(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var another = storage.Another();
        using var flows = Some.Flows(3, score: 50);
        var stats = storage.Get<StatsStore>();
        Assert.Null((await stats.ReadAsync(Some.Noon, Some.Noon.AddHours(1), default)).OldestFlow);
        foreach (var (process, minutes) in new[] { (storage, 0), (another, 10), (storage, 59), (another, 60), (storage, 200) })
        {
            storage.Clock.Now = Some.Noon.AddMinutes(minutes);
            var id = await process.Writer.ReserveIdsAsync(IdSequence.Anomaly, 2, default);
            await process.Writer.CommitAsync(
                await process.BatchAsync(flows, modelVersion: 1) with
                {
                    Anomalies = [new AnomalyToStore(0, id, 50, 1e-5, 1, 30, "{}"), new AnomalyToStore(1, id + 1, 60, 1e-6, 4, 30, "{}")],
                    RejectedCount = 2,
                },
                default);
        }

        var read = await stats.ReadAsync(Some.Noon, Some.Noon.AddHours(2), default);

        Assert.Equal([new HourCounts(Some.Noon, 9, 6, 6), new HourCounts(Some.Noon.AddHours(1), 3, 2, 2)], read.Hours);
        Assert.Equal(new Dictionary<byte, long> { [1] = 4, [4] = 4 }, read.AnomaliesBySeverity);
        Assert.Equal((Some.Noon, Some.Noon.AddMinutes(200)), (read.OldestFlow, read.NewestFlow));
    }
}
