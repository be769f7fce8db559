using System.Data.Common;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AnomalyApi.Storage.Providers.Sqlite;

/// <summary>One SQLite file.</summary>
internal sealed class SqliteDatabase : StorageDatabase
{
    // Rows of one delete: about 30 ms during which the writer waits.
    private const int DeleteChunk = 5_000;

    private readonly string _connectionString;
    private readonly string _folder;
    private readonly DbContextOptions<SqliteAnomalyDbContext> _contextOptions;

    public SqliteDatabase(StorageOptions options, ILoggerFactory? loggers)
        : base(options)
    {
        var builder = new SqliteConnectionStringBuilder(options.ConnectionString ?? "");
        if (builder.DataSource.Length == 0)
        {
            builder.DataSource = Path.Combine(options.DataDirectory, "anomaly.db");
        }

        builder.DataSource = Path.GetFullPath(builder.DataSource);
        builder.DefaultTimeout = Math.Max(1, (int)options.CommandTimeout.TotalSeconds);
        _folder = Path.GetDirectoryName(builder.DataSource)!;
        _connectionString = builder.ToString();
        var context = new DbContextOptionsBuilder<SqliteAnomalyDbContext>()
            .UseSqlite(_connectionString)
            .AddInterceptors(new SqliteSettings(options.CommandTimeout))
            .ConfigureWarnings(w => w.Log((RelationalEventId.CommandError, LogLevel.Debug)));
        _contextOptions = (loggers is null ? context : context.UseLoggerFactory(loggers)).Options;
    }

    public override string ProviderName => SqliteProvider.ProviderName;

    internal override string SampleHashSql => "sample_hash(id, @seed)";

    public override AnomalyDbContext CreateDbContext() => new SqliteAnomalyDbContext(_contextOptions);

    public override Task<IStorageLock?> TryLockAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IStorageLock?>(SqliteFileLock.TryTake(Path.Combine(_folder, "locks"), name));

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    internal override StorageFault Classify(Exception exception) =>

        // busy, locked, read-only, I/O error, disk full, cannot open
        exception is SqliteException { SqliteErrorCode: 5 or 6 or 8 or 10 or 13 or 14 } ? StorageFault.Unavailable : StorageFault.Data;

    internal override ValueTask<DbConnection> OpenConnectionAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<DbConnection>(Open(pooled: true));
    }

    internal SqliteConnection Open(bool pooled)
    {
        var connection = new SqliteConnection(pooled ? _connectionString : _connectionString + ";Pooling=False");
        try
        {
            connection.Open();
            SqliteSettings.Apply(connection, Options.CommandTimeout);
            connection.CreateFunction<long, long, long>("sample_hash", SampleHash, isDeterministic: true);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal override ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ValueTask.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: true));

    internal override async Task MigrateAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        await using (var connection = Open(pooled: false))
        {
            // EF's own lock is a row that outlives a process killed halfway, and would stop every later start. Ours is held here.
            using var command = connection.CreateCommand();
            command.CommandText = "pragma journal_mode = wal; drop table if exists __EFMigrationsLock;";
            command.ExecuteNonQuery();
        }

        await using var context = CreateDbContext();
        await context.Database.MigrateAsync(cancellationToken);
    }

    internal override Task EnsurePartitionsAsync(DateTime firstDay, DateTime lastDay, CancellationToken cancellationToken) => Task.CompletedTask;

    internal override async Task<long> TakeIdsAsync(string sequence, int count, CancellationToken cancellationToken)
    {
        await using var connection = Open(pooled: true);
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            insert into id_counter (name, next) values (@name, 1 + @count)
            on conflict (name) do update set next = id_counter.next + @count returning next - @count
            """;
        command.Parameters.AddWithValue("@name", sequence);
        command.Parameters.AddWithValue("@count", (long)count);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    internal override IGroupWriter CreateGroupWriter(string writerId) => new SqliteGroupWriter(this, writerId);

    // One writer at a time: numbers are given in the order of commits.
    internal override ValueTask<long> ReadHorizonAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(long.MaxValue);

    internal override object TimeParameter(DateTime utc) => FlowTime.ToMicroseconds(utc);

    internal override long ReadMicroseconds(DbDataReader reader, int column) => reader.GetInt64(column);

    internal override Task<int> SetScoresAsync(
        UnscoredFlows flows, ReadOnlyMemory<float> scores, int modelVersion, IReadOnlyList<AnomalyToStore> anomalies, DateTime detectedAt,
        CancellationToken cancellationToken) =>
        Task.Run(() => SetScores(flows, scores.Span, modelVersion, anomalies, detectedAt), cancellationToken);

    internal override async Task<long> DeleteFlowsAsync(DateTime before, CancellationToken cancellationToken)
    {
        long total = 0;
        while (true)
        {
            await using var connection = Open(pooled: true);
            using var command = connection.CreateCommand();
            command.CommandText = "delete from flow where id in (select id from flow where received_at < @before limit @chunk)";
            command.Parameters.AddWithValue("@before", FlowTime.ToMicroseconds(before));
            command.Parameters.AddWithValue("@chunk", DeleteChunk);
            var deleted = await command.ExecuteNonQueryAsync(cancellationToken);
            total += deleted;
            if (deleted < DeleteChunk)
            {
                return total;
            }

            await Task.Yield();
        }
    }

    // Transactions here begin by taking the one write lock of the file.
    internal override Task SerializeAsync(AnomalyDbContext context, string name, CancellationToken cancellationToken) => Task.CompletedTask;

    internal override Task AnnounceAsync(AnomalyDbContext context, string channel, string payload, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    // SplitMix64's finaliser.
    private static long SampleHash(long id, long seed)
    {
        var z = unchecked((ulong)id + ((ulong)seed * 0x9E3779B97F4A7C15));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return unchecked((long)(z ^ (z >> 31)));
    }

    private int SetScores(
        UnscoredFlows flows, ReadOnlySpan<float> scores, int modelVersion, IReadOnlyList<AnomalyToStore> anomalies, DateTime detectedAt)
    {
        using var connection = Open(pooled: true);
        using var transaction = connection.BeginTransaction(deferred: false);
        using var inserts = new SqliteInserts(connection);
        using var update = new SqliteStatement(connection.Handle!, "update flow set score = ?, model_version = ? where id = ? and score is null");
        var scored = new bool[scores.Length];
        var count = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
            {
                continue;
            }

            update.Bind(1, scores[i]);
            update.Bind(2, modelVersion);
            update.Bind(3, flows.Cursors[i].Id);
            if (update.Execute() == 1)
            {
                scored[i] = true;
                count++;
            }
        }

        if (count > 0)
        {
            var committedIn = inserts.NextCommit();
            var stored = 0;
            foreach (var anomaly in anomalies)
            {
                if (scored[anomaly.Row])
                {
                    inserts.InsertAnomaly(
                        flows.Flows, anomaly, flows.Cursors[anomaly.Row].Id, committedIn, flows.ReceivedAt[anomaly.Row], detectedAt, modelVersion);
                    stored++;
                }
            }

            inserts.CountHour(detectedAt, "scoring", 0, 0, stored);
        }

        transaction.Commit();
        return count;
    }
}
