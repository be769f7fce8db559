using AnomalyApi.Flows;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>The rows of a batch as COPY sends them, made on the sender's thread: the one writer then only passes them on.</summary>
internal sealed class EncodedBatch : IDisposable
{
    public const string CopyFlows =
        "copy flow (id, model_version, score, " + FlowColumns + ") from stdin (format binary)";

    public const string CopyAnomalies =
        "copy anomaly (id, detected_at, flow_id, p_value, score, threshold, model_version, severity, explanation, " + FlowColumns
        + ") from stdin (format binary)";

    private const string FlowColumns =
        "received_at, start_time, duration_us, fwd_packets, rev_packets, fwd_bytes, rev_bytes, src_port, dst_port, protocol, tcp_flags, state, "
        + "direction, src_ip, dst_ip, service, sensor, community_id, label, sampling_interval";

    // Room for the fields of a row other than text, each with its length.
    private const int FixedBytes = 320;

    // What a flow takes with an ordinary service, sensor and community id.
    private const int TypicalBytes = 300;

    private EncodedBatch(CopyBuffer flows, CopyBuffer? anomalies)
    {
        Flows = flows;
        Anomalies = anomalies;
    }

    public CopyBuffer Flows { get; }

    public CopyBuffer? Anomalies { get; }

    public static EncodedBatch From(BatchToStore batch)
    {
        var flows = batch.Flows;
        var buffer = new CopyBuffer(Math.Max(1024, flows.Count * TypicalBytes));
        CopyBuffer? anomalies = null;
        try
        {
            var received = FlowTime.ToMicroseconds(batch.ReceivedAt);
            for (var row = 0; row < flows.Count; row++)
            {
                var score = flows.Score[row];
                buffer.BeginRow(23, FixedBytes);
                buffer.Int64(batch.FirstFlowId + row);
                if (float.IsNaN(score))
                {
                    buffer.Null();
                    buffer.Null();
                }
                else
                {
                    buffer.Int32UnlessMissing(batch.ModelVersion ?? -1);
                    buffer.Single(score);
                }

                WriteFlow(buffer, flows, row, received);
            }

            if (batch.Anomalies.Count > 0)
            {
                anomalies = new CopyBuffer(batch.Anomalies.Count * 2 * TypicalBytes);
                foreach (var anomaly in batch.Anomalies)
                {
                    WriteAnomaly(
                        anomalies, flows, anomaly, batch.FirstFlowId + anomaly.Row, received, received, batch.ModelVersion!.Value);
                }
            }

            return new EncodedBatch(buffer, anomalies);
        }
        catch
        {
            buffer.Dispose();
            anomalies?.Dispose();
            throw;
        }
    }

    public static void WriteAnomaly(
        CopyBuffer buffer, FlowBatch flows, AnomalyToStore anomaly, long flowId, long received, long detected, int modelVersion)
    {
        buffer.BeginRow(29, FixedBytes);
        buffer.Int64(anomaly.Id);
        buffer.Time(detected);
        buffer.Int64(flowId);
        buffer.Double(anomaly.PValue);
        buffer.Single(anomaly.Score);
        buffer.Single(anomaly.Threshold);
        buffer.Int32(modelVersion);
        buffer.Int16(anomaly.Severity);
        buffer.Text(anomaly.Explanation, FixedBytes);
        WriteFlow(buffer, flows, anomaly.Row, received);
    }

    public void Dispose()
    {
        Flows.Dispose();
        Anomalies?.Dispose();
    }

    private static void WriteFlow(CopyBuffer buffer, FlowBatch flows, int row, long received)
    {
        buffer.Time(received);
        buffer.Time(flows.StartMicroseconds[row]);
        buffer.Int64UnlessMissing(flows.DurationMicroseconds[row]);
        buffer.Int64UnlessMissing(flows.ForwardPackets[row]);
        buffer.Int64UnlessMissing(flows.ReversePackets[row]);
        buffer.Int64UnlessMissing(flows.ForwardBytes[row]);
        buffer.Int64UnlessMissing(flows.ReverseBytes[row]);
        buffer.Int32UnlessMissing(flows.SourcePort[row]);
        buffer.Int32UnlessMissing(flows.DestinationPort[row]);
        buffer.Int16(flows.Protocol[row]);
        buffer.Int16UnlessMissing(flows.TcpFlags[row]);
        buffer.Int16((short)flows.State[row]);
        buffer.Int16((short)flows.Direction[row]);
        buffer.Address(flows.Source[row]);
        buffer.Address(flows.Destination[row]);
        buffer.Text(flows.Service[row], 16);
        buffer.Text(flows.Sensor[row], 16);
        buffer.Text(flows.CommunityId[row], 16);
        buffer.Text(flows.Label[row], 16);
        buffer.Int32UnlessMissing(flows.SamplingInterval[row] > 1 ? flows.SamplingInterval[row] : -1);
    }
}
