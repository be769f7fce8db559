using System.Data.Common;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Storage.Stores;

/// <summary>Reads stored flows in bulk, for training and for scoring afterwards.</summary>
public sealed class FlowStore(StorageDatabase database)
{
    /// <summary>Stored flows, counted up to <paramref name="atMost"/>, so that the question stays cheap when there are many.</summary>
    public async Task<long> CountAsync(long atMost, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from (select 1 from flow limit @most) as counted";
        Add(command, "most", atMost);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>
    /// A uniform sample, in order of arrival, with the newest scores (NaN: unscored). The same data and seed give the same sample. The
    /// caller disposes it. Memory grows with <paramref name="maxRows"/>, not with what is stored.
    /// </summary>
    /// <param name="receivedFrom">UTC, included; null from the beginning.</param>
    /// <param name="receivedTo">UTC, not included; null to the end.</param>
    /// <param name="maxRows">From 1. With fewer flows than this, all of them.</param>
    /// <param name="seed">Chooses the sample.</param>
    public async Task<FlowBatch> SampleAsync(
        DateTime? receivedFrom, DateTime? receivedTo, int maxRows, ulong seed, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);

        // Both statements must see the same rows.
        await using var transaction = await database.BeginReadAsync(connection, cancellationToken);

        // The rows with the smallest hashes of (id, seed) are a uniform sample, whatever the order in which rows are visited.
        var window = "received_at >= @from and received_at < @to";
        await using var limit = connection.CreateCommand();
        limit.Transaction = transaction;

        // A week of a busy network takes longer than any request may; the token ends it.
        limit.CommandTimeout = 0;
        limit.CommandText =
            $"select max(h), count(*) from (select {database.SampleHashSql} as h from flow where {window} order by 1 limit @most) as smallest";
        AddWindow(limit, receivedFrom, receivedTo, maxRows);
        Add(limit, "seed", unchecked((long)seed));
        long greatest;
        int count;
        await using (var reader = await limit.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            greatest = reader.IsDBNull(0) ? 0 : reader.GetInt64(0);
            count = (int)reader.GetInt64(1);
        }

        await using var rows = connection.CreateCommand();
        rows.Transaction = transaction;
        rows.CommandTimeout = 0;
        var chosen = count < maxRows ? "" : $" and {database.SampleHashSql} <= @greatest";
        rows.CommandText = $"select {FlowReader.Columns} from flow where {window}{chosen} order by committed_in, id limit @most";
        AddWindow(rows, receivedFrom, receivedTo, maxRows);
        if (count >= maxRows)
        {
            Add(rows, "seed", unchecked((long)seed));
            Add(rows, "greatest", greatest);
        }

        var sample = FlowBatch.Rent(Math.Max(count, 1));
        try
        {
            var texts = new TextCache();
            await using var reader = await rows.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                database.ReadFlow(reader, 0, sample, texts);
            }

            return sample;
        }
        catch
        {
            sample.Dispose();
            throw;
        }
    }

    /// <summary>The next flows without a score, in the order of the feed. The caller disposes them.</summary>
    /// <param name="after">Where the last call ended; null from the beginning.</param>
    /// <param name="take">Flows at most.</param>
    public async Task<UnscoredFlows> ReadUnscoredAsync(FeedCursor? after, int take, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        var horizon = await database.ReadHorizonAsync(cancellationToken);

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"""
             select committed_in, id, received_at, {FlowReader.Columns} from flow
             where score is null and committed_in < @horizon and committed_in >= @transaction and (committed_in > @transaction or id > @id)
             order by committed_in, id limit @most
             """;
        Add(command, "horizon", horizon);
        Add(command, "transaction", after?.CommittedIn ?? -1);
        Add(command, "id", after?.Id ?? -1);
        Add(command, "most", take);
        var cursors = new List<FeedCursor>();
        var received = new List<DateTime>();
        var flows = FlowBatch.Rent(Math.Min(take, 4096));
        try
        {
            var texts = new TextCache();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                cursors.Add(new FeedCursor(reader.GetInt64(0), reader.GetInt64(1)));
                received.Add(FlowTime.FromMicroseconds(database.ReadMicroseconds(reader, 2)));
                database.ReadFlow(reader, 3, flows, texts);
            }

            return new UnscoredFlows(cursors, flows) { ReceivedAt = received };
        }
        catch
        {
            flows.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Gives <paramref name="flows"/> their first scores, and stores the anomalies among them, in one transaction. Flows that have a score
    /// by now keep it, and their anomalies are left out: doing it again, or in two processes at once, changes nothing.
    /// </summary>
    /// <param name="flows">From <see cref="ReadUnscoredAsync"/>.</param>
    /// <param name="scores">One for each flow, from 0 to 100; NaN leaves it unscored.</param>
    /// <param name="modelVersion">The model that scored.</param>
    /// <param name="anomalies">Those among them, by index of the flow; ids reserved from the writer.</param>
    /// <param name="detectedAt">UTC.</param>
    /// <returns>How many flows got their score.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public Task<int> SetScoresAsync(
        UnscoredFlows flows, ReadOnlyMemory<float> scores, int modelVersion, IReadOnlyList<AnomalyToStore> anomalies, DateTime detectedAt,
        CancellationToken cancellationToken)
    {
        if (scores.Length != flows.Flows.Count)
        {
            throw new ArgumentException($"There are {scores.Length} scores for {flows.Flows.Count} flows.", nameof(scores));
        }

        return database.SetScoresAsync(flows, scores, modelVersion, anomalies, detectedAt, cancellationToken);
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }

    // Bounds that no row reaches stand for none, so that the statement is always the same.
    private void AddWindow(DbCommand command, DateTime? from, DateTime? to, int most)
    {
        Add(command, "from", database.TimeParameter(from ?? DateTime.UnixEpoch));
        Add(command, "to", database.TimeParameter(to ?? FlowTime.FromMicroseconds(FlowTime.Latest)));
        Add(command, "most", most);
    }
}
