using System.Data;
using AnomalyApi.Storage.Writing;
using Npgsql;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>Stores groups by COPY.</summary>
internal sealed class PostgresGroupWriter(PostgresDatabase database, string writerId) : IGroupWriter
{
    public IDisposable Encode(BatchToStore batch) => EncodedBatch.From(batch);

    public async Task WriteAsync(IReadOnlyList<PendingBatch> group, CancellationToken cancellationToken)
    {
        var committing = false;
        try
        {
            await WriteOnceAsync(group, () => committing = true, cancellationToken);
        }
        catch (Exception e) when (!committing && database.IsUnavailable(e))
        {
            // The pool may have handed out a connection that died with an earlier server. A new one tells whether there is a server now.
            database.WriterSource.Clear();
            await WriteOnceAsync(group, () => { }, cancellationToken);
        }
        catch (PostgresException e) when (database.Classify(e) == StorageFault.NoPartition)
        {
            database.Partitions.Forget();
            throw;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task WriteOnceAsync(IReadOnlyList<PendingBatch> group, Action onCommitting, CancellationToken cancellationToken)
    {
        foreach (var pending in group)
        {
            await database.Partitions.EnsureAsync(pending.Batch.ReceivedAt, cancellationToken);
            pending.Result = null;
        }

        await using var connection = await database.WriterSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await WriteAsync(connection, group, onCommitting, cancellationToken);
        }
        catch (Exception e) when (e is not NpgsqlException && connection.State != ConnectionState.Open)
        {
            // A COPY cut off in the middle ends in whatever its stream came across last.
            throw new StorageUnavailableException("The connection broke.", e);
        }
    }

    private async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<PendingBatch> group, Action onCommitting, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ClaimKeysAsync(connection, group, cancellationToken);
        var stored = group.Where(pending => pending.Result is null).ToList();
        if (stored.Count > 0)
        {
            if (stored.Any(pending => pending.Batch.Flows.Count > 0))
            {
                var flows = stored.Select(pending => ((EncodedBatch)pending.Encoded!).Flows.Written);
                await PostgresCopy.SendAsync(connection, EncodedBatch.CopyFlows, flows, cancellationToken);
            }

            if (stored.Any(pending => pending.Batch.Anomalies.Count > 0))
            {
                var anomalies = stored.Select(pending => ((EncodedBatch)pending.Encoded!).Anomalies?.Written ?? default);
                await PostgresCopy.SendAsync(connection, EncodedBatch.CopyAnomalies, anomalies, cancellationToken);
            }

            await AddSightingsAsync(connection, stored, cancellationToken);
            await using var counts = new NpgsqlBatch(connection, transaction);
            foreach (var (hour, (flows, rejected, anomalies)) in IngestHours.Sum(stored.Select(pending => pending.Batch)))
            {
                counts.BatchCommands.Add(PostgresHours.Add(hour, writerId, flows, rejected, anomalies));
            }

            await counts.ExecuteNonQueryAsync(cancellationToken);
        }

        onCommitting();
        await transaction.CommitAsync(cancellationToken);
        foreach (var pending in stored)
        {
            pending.Result = CommitResult.Committed(pending.Batch.BatchId);
        }
    }

    private static async Task AddSightingsAsync(NpgsqlConnection connection, List<PendingBatch> stored, CancellationToken cancellationToken)
    {
        var sightings = stored.SelectMany(pending => pending.Batch.Sightings.Select(sighting => (Sighting: sighting, pending.Batch.ReceivedAt))).ToList();
        if (sightings.Count == 0)
        {
            return;
        }

        await using var insert = new NpgsqlCommand(
            "insert into flow_sighting (flow_id, sensor, received_at) select * from unnest($1, $2, $3) on conflict do nothing", connection);
        insert.Parameters.AddWithValue(sightings.Select(row => row.Sighting.FlowId).ToArray());
        insert.Parameters.AddWithValue(sightings.Select(row => StoredText.Clean(row.Sighting.Sensor)).ToArray());
        insert.Parameters.AddWithValue(sightings.Select(row => row.ReceivedAt).ToArray());
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    // Fills in the result of every batch whose key is there already; the keys of the others are now ours until the transaction ends.
    private static async Task ClaimKeysAsync(NpgsqlConnection connection, IReadOnlyList<PendingBatch> group, CancellationToken cancellationToken)
    {
        // In one order, so that two processes with the same keys wait for each other in turn and never in a circle.
        var keyed = group.Where(pending => pending.Batch.Key is not null)
            .OrderBy(pending => pending.Batch.Key!.Scope, StringComparer.Ordinal).ThenBy(pending => pending.Batch.Key!.Key, StringComparer.Ordinal)
            .ToList();
        if (keyed.Count == 0)
        {
            return;
        }

        var scopes = keyed.Select(pending => StoredText.Clean(pending.Batch.Key!.Scope)).ToArray();
        var keys = keyed.Select(pending => StoredText.Clean(pending.Batch.Key!.Key)).ToArray();
        var claimed = new HashSet<(string, string)>();
        await using (var insert = new NpgsqlCommand(
            """
            insert into batch (scope, key, body_hash, answer, batch_id, created_at)
            select * from unnest($1, $2, $3, $4, $5, $6) on conflict do nothing returning scope, key
            """,
            connection))
        {
            insert.Parameters.AddWithValue(scopes);
            insert.Parameters.AddWithValue(keys);
            insert.Parameters.AddWithValue(keyed.Select(pending => pending.Batch.Key!.BodyHash.ToArray()).ToArray());
            insert.Parameters.AddWithValue(keyed.Select(pending => pending.Batch.Answer.ToArray()).ToArray());
            insert.Parameters.AddWithValue(keyed.Select(pending => StoredText.Clean(pending.Batch.BatchId)).ToArray());
            insert.Parameters.AddWithValue(keyed.Select(pending => pending.Batch.ReceivedAt).ToArray());
            await using var reader = await insert.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                claimed.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        if (claimed.Count == keyed.Count)
        {
            return;
        }

        var known = new Dictionary<(string, string), (byte[] BodyHash, byte[] Answer, string BatchId)>();
        await using (var select = new NpgsqlCommand(
            "select scope, key, body_hash, answer, batch_id from batch where (scope, key) in (select * from unnest($1, $2))", connection))
        {
            select.Parameters.AddWithValue(scopes);
            select.Parameters.AddWithValue(keys);
            await using var reader = await select.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                known[(reader.GetString(0), reader.GetString(1))] =
                    (reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3), reader.GetString(4));
            }
        }

        for (var i = 0; i < keyed.Count; i++)
        {
            if (!claimed.Contains((scopes[i], keys[i])))
            {
                // Retention may have deleted the row since; the sender then tries again with a key that is free.
                keyed[i].Result = known.TryGetValue((scopes[i], keys[i]), out var first)
                    ? CommitResult.Known(keyed[i].Batch.Key!, first.BodyHash, first.Answer, first.BatchId)
                    : CommitResult.Unavailable;
            }
        }
    }
}
