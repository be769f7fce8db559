using AnomalyApi.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace AnomalyApi.Storage.Providers.Sqlite;

/// <summary>Stores groups with statements prepared once, on a connection of its own.</summary>
internal sealed class SqliteGroupWriter(SqliteDatabase database, string writerId) : IGroupWriter
{
    private SqliteConnection? _connection;
    private SqliteInserts? _inserts;

    // Binding is all there is to encode, and it belongs to the statement.
    public IDisposable? Encode(BatchToStore batch) => null;

    public Task WriteAsync(IReadOnlyList<PendingBatch> group, CancellationToken cancellationToken)
    {
        try
        {
            Write(group);
        }
        catch
        {
            // Whatever state the connection is in, the next group starts with a new one.
            Close();
            throw;
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private void Write(IReadOnlyList<PendingBatch> group)
    {
        var connection = _connection ??= database.Open(pooled: false);
        var inserts = _inserts ??= new SqliteInserts(connection);
        using var transaction = connection.BeginTransaction(deferred: false);
        var stored = new List<BatchToStore>(group.Count);
        foreach (var pending in group)
        {
            var batch = pending.Batch;
            if (batch.Key is { } key && !inserts.InsertBatch(batch, key))
            {
                pending.Result = ReadKnown(connection, transaction, key);
                continue;
            }

            pending.Result = CommitResult.Committed(batch.BatchId);
            stored.Add(batch);
        }

        if (stored.Count > 0)
        {
            var committedIn = inserts.NextCommit();
            foreach (var batch in stored)
            {
                inserts.InsertFlows(batch, committedIn);
                inserts.InsertSightings(batch);
                foreach (var anomaly in batch.Anomalies)
                {
                    inserts.InsertAnomaly(
                        batch.Flows, anomaly, batch.FirstFlowId + anomaly.Row, committedIn, batch.ReceivedAt, batch.ReceivedAt, batch.ModelVersion!.Value);
                }
            }

            foreach (var (hour, (flows, rejected, anomalies)) in IngestHours.Sum(stored))
            {
                inserts.CountHour(hour, writerId, flows, rejected, anomalies);
            }
        }

        transaction.Commit();
    }

    private static CommitResult ReadKnown(SqliteConnection connection, SqliteTransaction transaction, BatchKey key)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "select body_hash, answer, batch_id from batch where scope = @scope and \"key\" = @key";
        command.Parameters.AddWithValue("@scope", StoredText.Clean(key.Scope));
        command.Parameters.AddWithValue("@key", StoredText.Clean(key.Key));
        using var reader = command.ExecuteReader();
        reader.Read();
        return CommitResult.Known(key, reader.GetFieldValue<byte[]>(0), reader.GetFieldValue<byte[]>(1), reader.GetString(2));
    }

    private void Close()
    {
        _inserts?.Dispose();
        _inserts = null;
        _connection?.Dispose();
        _connection = null;
    }
}
