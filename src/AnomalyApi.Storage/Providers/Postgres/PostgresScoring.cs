using AnomalyApi.Flows;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using Npgsql;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>Gives stored flows their first scores.</summary>
internal static class PostgresScoring
{
    public static async Task<int> SetScoresAsync(
        NpgsqlDataSource source, UnscoredFlows flows, ReadOnlyMemory<float> scores, int modelVersion, IReadOnlyList<AnomalyToStore> anomalies,
        DateTime detectedAt, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // One at a time: two processes that score the same flows in different orders would end in a deadlock.
        await using (var serialize = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('anomaly:scoring', 1))", connection))
        {
            await serialize.ExecuteNonQueryAsync(cancellationToken);
        }

        var scored = await UpdateAsync(connection, flows, scores, modelVersion, cancellationToken);
        if (scored.Count > 0)
        {
            await AddAnomaliesAsync(connection, flows, modelVersion, anomalies, detectedAt, scored, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return scored.Count;
    }

    private static async Task<HashSet<long>> UpdateAsync(
        NpgsqlConnection connection, UnscoredFlows flows, ReadOnlyMemory<float> scores, int modelVersion, CancellationToken cancellationToken)
    {
        var rows = Enumerable.Range(0, scores.Length).Where(row => !float.IsNaN(scores.Span[row])).ToArray();
        await using var update = new NpgsqlCommand(
            """
            update flow set score = given.score, model_version = $5
            from unnest($1, $2, $3, $4) as given (received_at, committed_in, id, score)
            where flow.received_at = given.received_at and flow.committed_in = given.committed_in and flow.id = given.id and flow.score is null
            returning flow.id
            """,
            connection);
        update.Parameters.AddWithValue(rows.Select(row => flows.ReceivedAt[row]).ToArray());
        update.Parameters.AddWithValue(rows.Select(row => flows.Cursors[row].CommittedIn).ToArray());
        update.Parameters.AddWithValue(rows.Select(row => flows.Cursors[row].Id).ToArray());
        update.Parameters.AddWithValue(rows.Select(row => scores.Span[row]).ToArray());
        update.Parameters.AddWithValue(modelVersion);
        var scored = new HashSet<long>();
        await using var reader = await update.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            scored.Add(reader.GetInt64(0));
        }

        return scored;
    }

    private static async Task AddAnomaliesAsync(
        NpgsqlConnection connection, UnscoredFlows flows, int modelVersion, IReadOnlyList<AnomalyToStore> anomalies, DateTime detectedAt,
        HashSet<long> scored, CancellationToken cancellationToken)
    {
        var found = anomalies.Where(anomaly => scored.Contains(flows.Cursors[anomaly.Row].Id)).ToList();
        if (found.Count == 0)
        {
            return;
        }

        using var buffer = new CopyBuffer(4096);
        foreach (var anomaly in found)
        {
            EncodedBatch.WriteAnomaly(
                buffer, flows.Flows, anomaly, flows.Cursors[anomaly.Row].Id, FlowTime.ToMicroseconds(flows.ReceivedAt[anomaly.Row]),
                FlowTime.ToMicroseconds(detectedAt), modelVersion);
        }

        await PostgresCopy.SendAsync(connection, EncodedBatch.CopyAnomalies, [buffer.Written], cancellationToken);
        await using var counts = new NpgsqlBatch(connection)
        {
            BatchCommands = { PostgresHours.Add(IngestHours.Of(detectedAt), "scoring", 0, 0, found.Count) },
        };
        await counts.ExecuteNonQueryAsync(cancellationToken);
    }
}
