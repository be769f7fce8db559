using AnomalyApi.Flows;
using AnomalyApi.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace AnomalyApi.Storage.Providers.Sqlite;

/// <summary>The prepared statements that store flows and what belongs to them. Used within a transaction of the caller.</summary>
internal sealed class SqliteInserts(SqliteConnection connection) : IDisposable
{
    private const string FlowColumns =
        "received_at, start_time, duration_us, src_ip, dst_ip, src_port, dst_port, protocol, fwd_packets, rev_packets, fwd_bytes, rev_bytes, "
        + "tcp_flags, state, direction, service, sensor, community_id, label, sampling_interval";

    private const string FlowValues = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

    private readonly SqliteStatement _nextCommit = new(
        connection.Handle!,
        """
        insert into id_counter (name, next) values ('commit', 2)
        on conflict (name) do update set next = id_counter.next + 1 returning next - 1
        """);

    private readonly SqliteStatement _flow = new(
        connection.Handle!,
        $"insert into flow (id, committed_in, score, model_version, {FlowColumns}) values (?, ?, ?, ?, {FlowValues})");

    private readonly SqliteStatement _anomaly = new(
        connection.Handle!,
        $"""
         insert into anomaly (id, committed_in, detected_at, flow_id, score, p_value, severity, model_version, threshold, explanation, {FlowColumns})
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {FlowValues})
         """);

    private readonly SqliteStatement _hour = new(
        connection.Handle!,
        """
        insert into ingest_hour (hour, writer, flows, rejected, anomalies) values (?, ?, ?, ?, ?)
        on conflict (hour, writer) do update set flows = ingest_hour.flows + excluded.flows,
            rejected = ingest_hour.rejected + excluded.rejected, anomalies = ingest_hour.anomalies + excluded.anomalies
        """);

    private readonly SqliteStatement _batch = new(
        connection.Handle!,
        """
        insert into batch (scope, "key", body_hash, answer, batch_id, created_at) values (?, ?, ?, ?, ?, ?)
        on conflict (scope, "key") do nothing
        """);

    private readonly SqliteStatement _sighting = new(
        connection.Handle!,
        "insert into flow_sighting (flow_id, sensor, received_at) values (?, ?, ?) on conflict do nothing");

    /// <summary>The number of the transaction in the feed's order.</summary>
    public long NextCommit() => _nextCommit.ExecuteNumber();

    /// <summary>False when the key is there already.</summary>
    public bool InsertBatch(BatchToStore batch, BatchKey key)
    {
        _batch.Bind(1, key.Scope);
        _batch.Bind(2, key.Key);
        _batch.Bind(3, key.BodyHash.Span);
        _batch.Bind(4, batch.Answer.Span);
        _batch.Bind(5, batch.BatchId);
        _batch.Bind(6, FlowTime.ToMicroseconds(batch.ReceivedAt));
        return _batch.Execute() == 1;
    }

    public void InsertFlows(BatchToStore batch, long committedIn)
    {
        var flows = batch.Flows;
        var received = FlowTime.ToMicroseconds(batch.ReceivedAt);
        for (var row = 0; row < flows.Count; row++)
        {
            var score = flows.Score[row];
            _flow.Bind(1, batch.FirstFlowId + row);
            _flow.Bind(2, committedIn);
            _flow.BindUnlessNaN(3, score);
            _flow.BindUnlessMissing(4, float.IsNaN(score) ? -1 : batch.ModelVersion ?? -1);
            BindFlow(_flow, 5, flows, row, received);
            _flow.Execute();
        }
    }

    public void InsertAnomaly(
        FlowBatch flows, AnomalyToStore anomaly, long flowId, long committedIn, DateTime receivedAt, DateTime detectedAt, int modelVersion)
    {
        _anomaly.Bind(1, anomaly.Id);
        _anomaly.Bind(2, committedIn);
        _anomaly.Bind(3, FlowTime.ToMicroseconds(detectedAt));
        _anomaly.Bind(4, flowId);
        _anomaly.Bind(5, (double)anomaly.Score);
        _anomaly.Bind(6, anomaly.PValue);
        _anomaly.Bind(7, anomaly.Severity);
        _anomaly.Bind(8, modelVersion);
        _anomaly.Bind(9, (double)anomaly.Threshold);
        _anomaly.Bind(10, anomaly.Explanation);
        BindFlow(_anomaly, 11, flows, anomaly.Row, FlowTime.ToMicroseconds(receivedAt));
        _anomaly.Execute();
    }

    public void InsertSightings(BatchToStore batch)
    {
        foreach (var sighting in batch.Sightings)
        {
            _sighting.Bind(1, sighting.FlowId);
            _sighting.Bind(2, sighting.Sensor);
            _sighting.Bind(3, FlowTime.ToMicroseconds(batch.ReceivedAt));
            _sighting.Execute();
        }
    }

    public void CountHour(DateTime time, string writer, long flows, long rejected, long anomalies)
    {
        _hour.Bind(1, FlowTime.ToMicroseconds(IngestHours.Of(time)));
        _hour.Bind(2, writer);
        _hour.Bind(3, flows);
        _hour.Bind(4, rejected);
        _hour.Bind(5, anomalies);
        _hour.Execute();
    }

    public void Dispose()
    {
        _nextCommit.Dispose();
        _flow.Dispose();
        _anomaly.Dispose();
        _hour.Dispose();
        _batch.Dispose();
        _sighting.Dispose();
    }

    private static void BindFlow(SqliteStatement statement, int index, FlowBatch flows, int row, long received)
    {
        statement.Bind(index, received);
        statement.Bind(index + 1, flows.StartMicroseconds[row]);
        statement.BindUnlessMissing(index + 2, flows.DurationMicroseconds[row]);
        statement.Bind(index + 3, flows.Source[row]);
        statement.Bind(index + 4, flows.Destination[row]);
        statement.BindUnlessMissing(index + 5, flows.SourcePort[row]);
        statement.BindUnlessMissing(index + 6, flows.DestinationPort[row]);
        statement.Bind(index + 7, flows.Protocol[row]);
        statement.BindUnlessMissing(index + 8, flows.ForwardPackets[row]);
        statement.BindUnlessMissing(index + 9, flows.ReversePackets[row]);
        statement.BindUnlessMissing(index + 10, flows.ForwardBytes[row]);
        statement.BindUnlessMissing(index + 11, flows.ReverseBytes[row]);
        statement.BindUnlessMissing(index + 12, flows.TcpFlags[row]);
        statement.Bind(index + 13, (long)flows.State[row]);
        statement.Bind(index + 14, (long)flows.Direction[row]);
        statement.Bind(index + 15, flows.Service[row]);
        statement.Bind(index + 16, flows.Sensor[row]);
        statement.Bind(index + 17, flows.CommunityId[row]);
        statement.Bind(index + 18, flows.Label[row]);
        statement.BindUnlessMissing(index + 19, flows.SamplingInterval[row] > 1 ? flows.SamplingInterval[row] : -1);
    }
}
