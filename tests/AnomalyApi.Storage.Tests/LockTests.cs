using AnomalyApi.Testing;

namespace AnomalyApi.Storage.Tests;

public sealed class LockTests(PostgresServer server)
{
    public static TheoryData<string> Providers => TestStorage.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task One_holder_at_a_time_across_processes(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var another = storage.Another();

        var held = await storage.Database.TryLockAsync("training:default", default);
        Assert.NotNull(held);
        Assert.Equal("training:default", held.Name);
        Assert.False(held.Lost.IsCancellationRequested);
        Assert.Null(await storage.Database.TryLockAsync("training:default", default));
        Assert.Null(await another.Database.TryLockAsync("training:default", default));
        await using (var other = await another.Database.TryLockAsync("training:../other name", default))
        {
            Assert.NotNull(other);
        }

        await held.DisposeAsync();
        await held.DisposeAsync();
        await using var next = await another.Database.TryLockAsync("training:default", default);
        Assert.NotNull(next);
        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Of_many_that_try_at_once_one_succeeds(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);

        var locks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => storage.Database.TryLockAsync("x", default))));

        var held = Assert.Single(locks, l => l is not null);
        await held!.DisposeAsync();
    }

    [Fact]
    public async Task A_lock_whose_connection_dies_is_free_and_its_holder_hears_of_it()
    {
        await using var storage = await TestStorage.CreateAsync("postgres", server);
        await using var held = await storage.Database.TryLockAsync("x", default);
        var lost = new TaskCompletionSource();
        using var registration = held!.Lost.Register(lost.SetResult);

        await storage.ExecuteAsync("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())");

        await lost.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await using var next = await storage.Database.TryLockAsync("x", default);
        Assert.NotNull(next);
    }
}
