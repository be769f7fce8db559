using AnomalyApi.Storage.Providers;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AnomalyApi.Storage.Tests;

public sealed class MigrationTests(PostgresServer server)
{
    public static TheoryData<string> Providers => TestStorage.Providers;

    [Fact]
    public void Every_provider_of_the_catalog_is_covered()
    {
        Assert.Equal(["sqlite", "postgres"], StorageProviderCatalog.All.Select(p => p.Name));
        Assert.Equal(StorageProviderCatalog.All.Count, TestStorage.Providers.Count);
    }

    [Fact]
    public void A_connection_string_is_enough_to_choose_postgres()
    {
        Assert.Equal("sqlite", StorageProviderCatalog.For(new StorageOptions()).Name);
        Assert.Equal("postgres", StorageProviderCatalog.For(new StorageOptions { ConnectionString = "Host=db" }).Name);
        Assert.Equal("sqlite", StorageProviderCatalog.For(new StorageOptions { Provider = "SQLite", ConnectionString = "Data Source=x" }).Name);
        var unknown = Assert.Throws<ArgumentException>(() => StorageProviderCatalog.For(new StorageOptions { Provider = "mysql" }));
        Assert.StartsWith("'mysql' is not one of: sqlite, postgres.", unknown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Migrating_again_changes_nothing(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        using var flows = Some.Flows(3);
        await storage.StoreAsync(flows);

        await storage.Get<StorageMigrator>().MigrateAsync(default);

        Assert.Equal(3, await storage.CountFlowsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_database_of_the_first_version_is_brought_up_and_keeps_what_it_holds(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server, migrate: false);
        Directory.CreateDirectory(storage.Options.DataDirectory);
        await using (var context = storage.Database.CreateDbContext())
        {
            await context.GetService<IMigrator>().MigrateAsync("20260101000000_Initial");
            context.ApiKeys.Add(new() { Id = "k1", Name = "sensor", Hash = [1], Roles = "sensor", CreatedAt = Some.Noon, CreatedBy = "admin" });
            await context.SaveChangesAsync();
        }

        await storage.Get<StorageMigrator>().MigrateAsync(default);

        using var flows = Some.Flows(Some.Flow() with { SamplingInterval = 512 });
        await storage.StoreAsync(flows);
        Assert.Equal(512, (await storage.Get<FlowSearch>().FindAsync(new FlowQuery(), default)).Single().SamplingInterval);
        await using var after = storage.Database.CreateDbContext();
        Assert.Equal("k1", (await after.ApiKeys.SingleAsync()).Id);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Four_processes_may_migrate_at_once(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server, migrate: false);
        var processes = Enumerable.Range(0, 4).Select(_ => storage.Another()).ToList();

        await Task.WhenAll(processes.Select(p => Task.Run(() => p.Get<StorageMigrator>().MigrateAsync(default))));

        using var flows = Some.Flows(3);
        await storage.StoreAsync(flows);
        Assert.Equal(3, await storage.CountFlowsAsync());
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Every_table_can_be_read_and_written_through_the_context(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);
        await using var context = storage.Database.CreateDbContext();
        Assert.False(context.Database.HasPendingModelChanges());
        context.Schedules.Add(new() { Name = "nightly", Cron = "0 0 3 * * ?", TimeZone = "Europe/Berlin", UpdatedAt = Some.Noon });
        context.ApiKeys.Add(new() { Id = "k1", Name = "sensor", Hash = [1], Roles = "sensor", CreatedAt = Some.Noon, CreatedBy = "admin" });
        await context.SaveChangesAsync();
        context.ChangeTracker.Clear();

        var schedule = await context.Schedules.SingleAsync(s => s.UpdatedAt >= Some.Noon);
        schedule.LastFiredAt = Some.Noon.AddDays(1);
        await context.SaveChangesAsync();
        context.ChangeTracker.Clear();

        Assert.Equal(Some.Noon.AddDays(1), (await context.Schedules.SingleAsync()).LastFiredAt);
        Assert.Equal((Some.Noon, DateTimeKind.Utc), ((await context.ApiKeys.SingleAsync()).CreatedAt, (await context.ApiKeys.SingleAsync()).CreatedAt.Kind));
        Assert.Empty(await context.Flows.ToListAsync());
        Assert.Empty(await context.Anomalies.ToListAsync());
        Assert.Empty(await context.Batches.ToListAsync());
        Assert.Empty(await context.Models.ToListAsync());
        Assert.Empty(await context.ModelActivations.ToListAsync());
        Assert.Empty(await context.Trainings.ToListAsync());
        Assert.Empty(await context.IngestHours.ToListAsync());
        Assert.Empty(await context.IdCounters.ToListAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_database_that_answers_is_well(string provider)
    {
        await using var storage = await TestStorage.CreateAsync(provider, server);

        await storage.Database.PingAsync(default);
    }

    [Fact]
    public async Task Partitions_are_made_a_week_ahead()
    {
        await using var storage = await TestStorage.CreateAsync("postgres", server);
        await using var context = storage.Database.CreateDbContext();

        var names = await context.Database
            .SqlQuery<string>($"select c.relname::text as \"Value\" from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'flow'::regclass")
            .ToListAsync();

        Assert.Equal(
            Enumerable.Range(-1, 9).Select(day => $"flow_p{Some.Noon.AddDays(day):yyyyMMdd}"), names.Order(StringComparer.Ordinal));
    }
}
