using AnomalyApi.Storage.Stores;
using AnomalyApi.Testing;
using Npgsql;

namespace AnomalyApi.Storage.Tests;

public sealed class ModelStoreTests(PostgresServer server)
{
    public static TheoryData<string> Providers => TestStorage.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Versions_are_unique_across_processes(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var another = storage.Another();

        var versions = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => Task.Run(() => (i % 2 == 0 ? storage : another).Get<ModelStore>().NextVersionAsync(default))));

        Assert.Equal(Enumerable.Range(1, 20), versions.Order());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_model_is_kept_and_listed_without_its_bytes(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var models = storage.Get<ModelStore>();
        for (var version = 1; version <= 3; version++)
        {
            await models.AddAsync(Some.Model(version), default);
        }

        await models.AddAsync(Some.Model(4, name: "other"), default);

        var listed = await models.ListAsync("default", default);
        Assert.Equal([3, 2, 1], listed.Select(m => m.Version));
        Assert.All(listed, m => Assert.Empty(m.Bytes));
        Assert.Equal(Some.Noon, (await models.GetAsync(2, default))!.CreatedAt);
        Assert.Equal([1, 2, 2], await models.ReadBytesAsync(2, default));
        Assert.Null(await models.GetAsync(9, default));
        Assert.Null(await models.ReadBytesAsync(9, default));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task The_newest_activation_says_which_model_is_active(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        var models = storage.Get<ModelStore>();
        for (var version = 1; version <= 3; version++)
        {
            await models.AddAsync(Some.Model(version), default);
        }

        Assert.Null(await models.ActiveAsync("default", default));
        Assert.Null(await models.PreviousAsync("default", default));
        Assert.True(await models.ActivateAsync("default", 1, "anna", "first", default));
        Assert.Null(await models.PreviousAsync("default", default));
        Assert.True(await models.ActivateAsync("default", 2, "anna", "better", default));
        Assert.True(await models.ActivateAsync("default", 3, "anna", "better still", default));
        Assert.True(await models.ActivateAsync("default", 3, "anna", "again", default));
        Assert.False(await models.ActivateAsync("default", 9, "anna", "unknown", default));
        Assert.False(await models.ActivateAsync("other", 1, "anna", "another name", default));

        var active = await models.ActiveAsync("default", default);
        Assert.Equal((3, "anna", "again", Some.Noon), (active!.Version, active.ActivatedBy, active.Reason, active.ActivatedAt));
        Assert.Equal(2, (await models.PreviousAsync("default", default))!.Version);
        Assert.Equal([3, 3, 2, 1], (await models.HistoryAsync("default", 10, default)).Select(a => a.Version));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Activations_at_the_same_time_leave_one_active_model(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var another = storage.Another();
        var models = storage.Get<ModelStore>();
        await models.AddAsync(Some.Model(1), default);
        await models.AddAsync(Some.Model(2), default);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => (i % 2 == 0 ? storage : another).Get<ModelStore>().ActivateAsync("default", 1 + (i % 2), "anna", $"{i}", default))));

        var history = await models.HistoryAsync("default", 100, default);
        Assert.Equal(20, history.Count);
        Assert.Equal(history[0].Id, (await models.ActiveAsync("default", default))!.Id);
    }

    [Fact]
    public async Task An_activation_is_announced_when_it_is_committed()
    {
        await using var storage = await TestStorage.CreateAsync("postgres", server);
        await using var listener = new NpgsqlConnection(storage.Options.ConnectionString);
        await listener.OpenAsync();
        var heard = new List<string>();
        listener.Notification += (_, e) => heard.Add(e.Payload);
        await using (var listen = new NpgsqlCommand($"listen {ModelStore.Channel}", listener))
        {
            await listen.ExecuteNonQueryAsync();
        }

        await storage.Get<ModelStore>().AddAsync(Some.Model(5), default);
        await storage.Get<ModelStore>().ActivateAsync("default", 5, "anna", "better", default);

        await listener.WaitAsync();
        Assert.Equal(["default:5"], heard);
    }
}
