using System.Data.Common;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage;

/// <summary>One database, and everything that differs between the providers. The stores are written against this. Thread-safe.</summary>
public abstract class StorageDatabase(StorageOptions options) : IDbContextFactory<AnomalyDbContext>, IAsyncDisposable
{
    /// <summary>The provider's name in the catalog.</summary>
    public abstract string ProviderName { get; }

    /// <summary>What the database was opened with.</summary>
    public StorageOptions Options { get; } = options;

    /// <summary>A new context; the caller disposes it.</summary>
    public abstract AnomalyDbContext CreateDbContext();

    /// <summary>Answers when a trivial statement succeeds.</summary>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenConnectionAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "select 1";
            await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (Exception e) when (IsUnavailable(e))
        {
            throw new StorageUnavailableException("The database does not answer.", e);
        }
    }

    /// <summary>Takes the lock <paramref name="name"/>, or gives null at once when somebody else holds it.</summary>
    public abstract Task<IStorageLock?> TryLockAsync(string name, CancellationToken cancellationToken);

    /// <summary>Whether <paramref name="exception"/> says that the database is away or overloaded, so that trying later may work.</summary>
    public bool IsUnavailable(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // Only the drivers' own errors: a request's broken body is an IOException too.
            if (e is StorageUnavailableException || (e is DbException && Classify(e) == StorageFault.Unavailable))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();

    internal abstract StorageFault Classify(Exception exception);

    internal abstract ValueTask<DbConnection> OpenConnectionAsync(CancellationToken cancellationToken);

    /// <summary>A transaction in which every statement sees the same rows, and which hinders no writer.</summary>
    internal abstract ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken);

    internal abstract Task MigrateAsync(CancellationToken cancellationToken);

    internal abstract Task EnsurePartitionsAsync(DateTime firstDay, DateTime lastDay, CancellationToken cancellationToken);

    internal abstract Task<long> TakeIdsAsync(string sequence, int count, CancellationToken cancellationToken);

    internal abstract IGroupWriter CreateGroupWriter(string writerId);

    /// <summary>Rows with a smaller <c>committed_in</c> are all visible to every later statement; read it before the rows.</summary>
    internal abstract ValueTask<long> ReadHorizonAsync(CancellationToken cancellationToken);

    /// <summary>A parameter value for a time in hand-written SQL.</summary>
    internal abstract object TimeParameter(DateTime utc);

    internal abstract long ReadMicroseconds(DbDataReader reader, int column);

    /// <summary>SQL that maps <c>id</c> and <c>@seed</c> to a number that looks random and never changes.</summary>
    internal abstract string SampleHashSql { get; }

    internal abstract Task<int> SetScoresAsync(
        UnscoredFlows flows, ReadOnlyMemory<float> scores, int modelVersion, IReadOnlyList<AnomalyToStore> anomalies, DateTime detectedAt,
        CancellationToken cancellationToken);

    /// <summary>Deletes flows received before <paramref name="before"/>, and tells how many.</summary>
    internal abstract Task<long> DeleteFlowsAsync(DateTime before, CancellationToken cancellationToken);

    /// <summary>Lets one transaction at a time pass, until it ends.</summary>
    internal abstract Task SerializeAsync(AnomalyDbContext context, string name, CancellationToken cancellationToken);

    /// <summary>Tells other processes, when the transaction of <paramref name="context"/> commits.</summary>
    internal abstract Task AnnounceAsync(AnomalyDbContext context, string channel, string payload, CancellationToken cancellationToken);

    /// <summary>Reads one row of <see cref="FlowReader.Columns"/> into a new row of <paramref name="batch"/>.</summary>
    internal void ReadFlow(DbDataReader reader, int firstColumn, FlowBatch batch, TextCache texts) =>
        FlowReader.Read(this, reader, firstColumn, batch, texts);
}
