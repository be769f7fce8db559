using System.Data.Common;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Providers;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using AnomalyApi.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AnomalyApi.Storage.Tests;

/// <summary>A fresh, migrated database of one provider, and what one process has of it.</summary>
internal sealed class TestStorage : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _folder;
    private readonly bool _ownsFolder;

    private TestStorage(StorageOptions options, string folder, bool ownsFolder, FakeClock clock)
    {
        Options = options;
        Clock = clock;
        _folder = folder;
        _ownsFolder = ownsFolder;
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(clock)
            .AddAnomalyStorage(options)
            .BuildServiceProvider();
    }

    /// <summary>Every provider there is: a new one is tested when it is registered.</summary>
    public static TheoryData<string> Providers => new(StorageProviderCatalog.All.Select(p => p.Name));

    public StorageOptions Options { get; }

    public FakeClock Clock { get; }

    public StorageDatabase Database => Get<StorageDatabase>();

    public FlowWriter Writer => Get<FlowWriter>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static async Task<TestStorage> CreateAsync(
        string provider, PostgresServer server, bool migrate = true, Func<StorageOptions, StorageOptions>? change = null)
    {
        var folder = Path.Combine(Path.GetTempPath(), "anomaly-storage-" + Guid.NewGuid().ToString("N")[..10]);
        var options = new StorageOptions { Provider = provider, DataDirectory = folder };
        options = provider switch
        {
            "sqlite" => options,
            "postgres" => options with { ConnectionString = await server.CreateDatabaseAsync() },
            _ => throw new InvalidOperationException($"The tests do not know how to make a database of '{provider}'."),
        };
        var storage = new TestStorage(change is null ? options : change(options), folder, ownsFolder: true, new FakeClock(Some.Noon));
        try
        {
            if (migrate)
            {
                await storage.Get<StorageMigrator>().MigrateAsync(default);
            }

            return storage;
        }
        catch
        {
            await storage.DisposeAsync();
            throw;
        }
    }

    /// <summary>What another process on the same database would have.</summary>
    public TestStorage Another() => new(Options, _folder, ownsFolder: false, Clock);

    public async Task<BatchToStore> BatchAsync(FlowBatch flows, BatchKey? key = null, string answer = "", int? modelVersion = null) => new()
    {
        Flows = flows,
        FirstFlowId = await Writer.ReserveIdsAsync(IdSequence.Flow, flows.Count, default),
        ReceivedAt = Clock.Now,
        BatchId = Guid.NewGuid().ToString("N"),
        Key = key,
        Answer = System.Text.Encoding.UTF8.GetBytes(answer),
        ModelVersion = modelVersion,
    };

    public async Task<CommitResult> StoreAsync(FlowBatch flows, BatchKey? key = null, string answer = "", int? modelVersion = null) =>
        await Writer.CommitAsync(await BatchAsync(flows, key, answer, modelVersion), default);

    public Task<long> CountFlowsAsync() => Get<FlowStore>().CountAsync(long.MaxValue, default);

    /// <summary>Makes the writer wait, as behind a slow disk, until the returned value is disposed.</summary>
    public async Task<IAsyncDisposable> BlockWritesAsync()
    {
        var connection = await Database.OpenConnectionAsync(default);
        await using var command = connection.CreateCommand();
        command.CommandText = Database.ProviderName == "sqlite" ? "begin immediate" : "begin; lock table flow in exclusive mode";
        await command.ExecuteNonQueryAsync();
        return new Blockade(connection);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await Database.OpenConnectionAsync(default);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsFolder && Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private sealed class Blockade(DbConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (var command = connection.CreateCommand())
            {
                command.CommandText = "rollback";
                await command.ExecuteNonQueryAsync();
            }

            await connection.DisposeAsync();
        }
    }
}
