using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>One PostgreSQL database.</summary>
internal sealed class PostgresDatabase : StorageDatabase
{
    // One for the group commit, some for blocks of ids and partitions.
    private const int WriterConnections = 4;

    private readonly NpgsqlDataSource _source;
    private readonly string _lockConnectionString;
    private readonly PostgresPartitions _partitions;
    private readonly DbContextOptions<PostgresAnomalyDbContext> _contextOptions;

    public PostgresDatabase(StorageOptions options, ILoggerFactory? loggers)
        : base(options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            throw new ArgumentException("The provider postgres needs a connection string.", nameof(options));
        }

        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            CommandTimeout = Math.Max(1, (int)options.CommandTimeout.TotalSeconds),
        };
        builder.ApplicationName ??= "anomaly";
        _source = new NpgsqlDataSourceBuilder(builder.ToString()).Build();
        builder.MaxPoolSize = Math.Max(builder.MinPoolSize, WriterConnections);
        WriterSource = new NpgsqlDataSourceBuilder(builder.ToString()).Build();
        builder.Pooling = false;
        builder.KeepAlive = 5;
        _lockConnectionString = builder.ToString();
        _partitions = new PostgresPartitions(WriterSource);
        var context = new DbContextOptionsBuilder<PostgresAnomalyDbContext>()
            .UseNpgsql(_source)
            .ConfigureWarnings(w => w.Log((RelationalEventId.CommandError, LogLevel.Debug)));
        _contextOptions = (loggers is null ? context : context.UseLoggerFactory(loggers)).Options;
    }

    public override string ProviderName => PostgresProvider.ProviderName;

    /// <summary>Connections of the writer and of the ids alone, so that searches, however many, cannot keep flows from being stored.</summary>
    internal NpgsqlDataSource WriterSource { get; }

    internal PostgresPartitions Partitions => _partitions;

    internal override string SampleHashSql => "hashint8extended(id, @seed)";

    public override AnomalyDbContext CreateDbContext() => new PostgresAnomalyDbContext(_contextOptions);

    public override Task<IStorageLock?> TryLockAsync(string name, CancellationToken cancellationToken) =>
        PostgresLock.TryTakeAsync(_lockConnectionString, name, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await WriterSource.DisposeAsync();
        await _source.DisposeAsync();
    }

    internal override StorageFault Classify(Exception exception) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => StorageFault.Conflict,
        PostgresException { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: null } => StorageFault.NoPartition,
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.ReadOnlySqlTransaction } => StorageFault.Unavailable,

        // Connection exceptions, insufficient resources, operator intervention (shut down, starting up), system errors.
        PostgresException { SqlState: var state } => state[..2] is "08" or "53" or "57" or "58" ? StorageFault.Unavailable : StorageFault.Data,
        NpgsqlException or SocketException or IOException or TimeoutException => StorageFault.Unavailable,
        _ => StorageFault.Data,
    };

    internal override async ValueTask<DbConnection> OpenConnectionAsync(CancellationToken cancellationToken) =>
        await _source.OpenConnectionAsync(cancellationToken);

    internal override ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);

    internal override async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var context = CreateDbContext();
        await context.Database.MigrateAsync(cancellationToken);
    }

    internal override Task EnsurePartitionsAsync(DateTime firstDay, DateTime lastDay, CancellationToken cancellationToken) =>
        _partitions.EnsureAsync(firstDay, lastDay, cancellationToken);

    internal override async Task<long> TakeIdsAsync(string sequence, int count, CancellationToken cancellationToken)
    {
        await using var command = WriterSource.CreateCommand(
            """
            insert into id_counter (name, next) values ($1, 1 + $2)
            on conflict (name) do update set next = id_counter.next + $2 returning next - $2
            """);
        command.Parameters.AddWithValue(sequence);
        command.Parameters.AddWithValue((long)count);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    internal override IGroupWriter CreateGroupWriter(string writerId) => new PostgresGroupWriter(this, writerId);

    /// <remarks>
    /// The oldest transaction still running: older ones are decided, and what they left is all that will ever be there. The snapshot's own
    /// minimum would count the transactions of every database of the cluster, so that a long one elsewhere would stop the feed; hence those
    /// of this database. One below the snapshot's end that is missing from the list has ended since, and whoever looks now sees its rows.
    /// </remarks>
    internal override async ValueTask<long> ReadHorizonAsync(CancellationToken cancellationToken)
    {
        // The list has the lower 32 bits of each number. A difference beyond 31 bits is that of a transaction begun after the snapshot.
        await using var command = _source.CreateCommand(
            """
            select least(top, (
                select min(top - age) from (
                    select (top - backend_xid::text::bigint) & 4294967295 as age from pg_stat_activity
                    where datname = current_database() and backend_xid is not null) as running
                where age < 2147483648))
            from (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as top) as snapshot
            """);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    internal override object TimeParameter(DateTime utc) => utc;

    internal override long ReadMicroseconds(DbDataReader reader, int column) => FlowTime.ToMicroseconds(reader.GetDateTime(column));

    internal override Task<int> SetScoresAsync(
        UnscoredFlows flows, ReadOnlyMemory<float> scores, int modelVersion, IReadOnlyList<AnomalyToStore> anomalies, DateTime detectedAt,
        CancellationToken cancellationToken) =>
        PostgresScoring.SetScoresAsync(_source, flows, scores, modelVersion, anomalies, detectedAt, cancellationToken);

    internal override Task<long> DeleteFlowsAsync(DateTime before, CancellationToken cancellationToken) =>
        _partitions.DropBeforeAsync(before, cancellationToken);

    internal override Task SerializeAsync(AnomalyDbContext context, string name, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({"anomaly:" + name}, 1))", cancellationToken);

    internal override Task AnnounceAsync(AnomalyDbContext context, string channel, string payload, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync($"select pg_notify({channel}, {payload})", cancellationToken);
}
