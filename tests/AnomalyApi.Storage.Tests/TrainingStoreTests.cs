using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Testing;

namespace AnomalyApi.Storage.Tests;

public sealed class TrainingStoreTests(PostgresServer server)
{
    public static TheoryData<string> Providers => TestStorage.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_training_goes_from_waiting_to_its_result(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var trainings = storage.Get<TrainingStore>();
        var training = Some.Training();
        await trainings.AddAsync(training, default);

        storage.Clock.Now = Some.Noon.AddMinutes(1);
        var claimed = await trainings.ClaimNextAsync("process-1", null, default);
        Assert.Null(await trainings.ClaimNextAsync("process-2", null, default));
        Assert.True(await trainings.UpdateAsync(training.Id, "fitting", 0.5, "{\"m\":\"a\"}\n", default));
        Assert.True(await trainings.UpdateAsync(training.Id, "calibrating", 0.75, "{\"m\":\"b\"}\n", default));
        var halfway = await trainings.GetAsync(training.Id, default);
        storage.Clock.Now = Some.Noon.AddMinutes(2);
        Assert.True(await trainings.FinishAsync(training.Id, JobStatus.Succeeded, "{\"m\":\"c\"}\n", "{\"auc\":0.9}", 4, null, default));
        Assert.False(await trainings.FinishAsync(training.Id, JobStatus.Failed, "", null, null, "late", default));
        Assert.False(await trainings.UpdateAsync(training.Id, "late", 0, "", default));
        Assert.False(await trainings.RequestCancelAsync(training.Id, default));

        Assert.Equal((training.Id, JobStatus.Running, "process-1"), (claimed!.Id, claimed.Status, claimed.Owner));
        Assert.Equal(("calibrating", 0.75), (halfway!.Stage, halfway.Progress));
        var done = await trainings.GetAsync(training.Id, default);
        Assert.Equal((JobStatus.Succeeded, 1.0, 4, "{\"auc\":0.9}"), (done!.Status, done.Progress, done.ModelVersion, done.Metrics));
        Assert.Equal("{\"m\":\"a\"}\n{\"m\":\"b\"}\n{\"m\":\"c\"}\n", done.Log);
        Assert.Equal((Some.Noon, Some.Noon.AddMinutes(1), Some.Noon.AddMinutes(2)), (done.CreatedAt, done.StartedAt, done.FinishedAt));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Each_training_is_given_to_one_process_oldest_first(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var another = storage.Another();
        for (var i = 0; i < 8; i++)
        {
            await storage.Get<TrainingStore>().AddAsync(Some.Training(Some.Noon.AddSeconds(i)), default);
        }

        await storage.Get<TrainingStore>().AddAsync(Some.Training(Some.Noon.AddHours(-1), modelName: "other"), default);
        var first = await storage.Get<TrainingStore>().ClaimNextAsync("p", "default", default);
        var rest = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            i => Task.Run(() => (i % 2 == 0 ? storage : another).Get<TrainingStore>().ClaimNextAsync($"p{i}", null, default))));

        Assert.Equal(Some.Noon, first!.CreatedAt);
        var claimed = rest.Where(t => t is not null).Select(t => t!.Id).ToList();
        Assert.Equal(8, claimed.Count);
        Assert.Equal(8, claimed.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_training_that_waits_is_cancelled_at_once_and_one_that_runs_hears_of_it(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var trainings = storage.Get<TrainingStore>();
        var running = Some.Training();
        var waiting = Some.Training(Some.Noon.AddSeconds(1));
        await trainings.AddAsync(running, default);
        await trainings.AddAsync(waiting, default);
        await trainings.ClaimNextAsync("p", null, default);

        Assert.True(await trainings.RequestCancelAsync(waiting.Id, default));
        Assert.True(await trainings.RequestCancelAsync(running.Id, default));

        Assert.Equal(JobStatus.Cancelled, (await trainings.GetAsync(waiting.Id, default))!.Status);
        Assert.Equal(JobStatus.Running, (await trainings.GetAsync(running.Id, default))!.Status);
        Assert.False(await trainings.UpdateAsync(running.Id, "fitting", 0.1, "", default));
        Assert.False(await trainings.RequestCancelAsync("unknown", default));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task What_a_dead_process_left_running_is_failed(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var trainings = storage.Get<TrainingStore>();
        var abandoned = Some.Training();
        var other = Some.Training(modelName: "other");
        await trainings.AddAsync(abandoned, default);
        await trainings.AddAsync(other, default);
        await trainings.ClaimNextAsync("dead", "default", default);
        await trainings.ClaimNextAsync("alive", "other", default);

        Assert.Equal(1, await trainings.FailAbandonedAsync("default", "The process ended.", default));

        var row = await trainings.GetAsync(abandoned.Id, default);
        Assert.Equal((JobStatus.Failed, "The process ended."), (row!.Status, row.Error));
        Assert.Equal(JobStatus.Running, (await trainings.GetAsync(other.Id, default))!.Status);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Trainings_are_listed_newest_first_page_by_page(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var trainings = storage.Get<TrainingStore>();
        for (var i = 0; i < 7; i++)
        {
            await trainings.AddAsync(Some.Training(Some.Noon.AddSeconds(i / 2)), default);
        }

        var seen = new List<TrainingRow>();
        while (await trainings.ListAsync(seen.LastOrDefault(), 3, default) is { Count: > 0 } page)
        {
            seen.AddRange(page);
        }

        Assert.Equal(7, seen.Select(t => t.Id).Distinct().Count());
        Assert.Equal(seen.OrderByDescending(t => t.CreatedAt).Select(t => t.CreatedAt), seen.Select(t => t.CreatedAt));
    }
}
