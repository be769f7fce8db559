using System.Data.Common;
using AnomalyApi.Flows;

namespace AnomalyApi.Storage.Stores;

/// <summary>Reads flows straight into columns: a training reads hundreds of thousands, and an object each would cost more than the query.</summary>
internal static class FlowReader
{
    public const string Columns =
        "start_time, duration_us, src_ip, dst_ip, src_port, dst_port, protocol, fwd_packets, rev_packets, fwd_bytes, rev_bytes, tcp_flags, "
        + "state, direction, service, sensor, community_id, label, coalesce(current_score, score), sampling_interval";

    public static void Read(StorageDatabase database, DbDataReader reader, int column, FlowBatch batch, TextCache texts)
    {
        var row = batch.AddRow();
        batch.StartMicroseconds[row] = database.ReadMicroseconds(reader, column);
        batch.DurationMicroseconds[row] = Number(reader, column + 1);
        batch.Source[row] = Address(reader, column + 2);
        batch.Destination[row] = Address(reader, column + 3);
        batch.SourcePort[row] = reader.IsDBNull(column + 4) ? -1 : reader.GetInt32(column + 4);
        batch.DestinationPort[row] = reader.IsDBNull(column + 5) ? -1 : reader.GetInt32(column + 5);
        batch.Protocol[row] = (byte)reader.GetInt16(column + 6);
        batch.ForwardPackets[row] = Number(reader, column + 7);
        batch.ReversePackets[row] = Number(reader, column + 8);
        batch.ForwardBytes[row] = Number(reader, column + 9);
        batch.ReverseBytes[row] = Number(reader, column + 10);
        batch.TcpFlags[row] = reader.IsDBNull(column + 11) ? (short)-1 : reader.GetInt16(column + 11);
        batch.State[row] = (ConnectionState)reader.GetInt16(column + 12);
        batch.Direction[row] = (FlowDirection)reader.GetInt16(column + 13);
        batch.Service[row] = Text(reader, column + 14, texts);
        batch.Sensor[row] = Text(reader, column + 15, texts);
        batch.CommunityId[row] = reader.IsDBNull(column + 16) ? null : reader.GetString(column + 16);
        batch.Label[row] = Text(reader, column + 17, texts);
        batch.Score[row] = reader.IsDBNull(column + 18) ? float.NaN : reader.GetFloat(column + 18);
        batch.SamplingInterval[row] = reader.IsDBNull(column + 19) ? 1 : reader.GetInt32(column + 19);
    }

    private static long Number(DbDataReader reader, int column) => reader.IsDBNull(column) ? -1 : reader.GetInt64(column);

    private static string? Text(DbDataReader reader, int column, TextCache texts) =>
        reader.IsDBNull(column) ? null : texts.One(reader.GetString(column));

    private static IpAddressValue Address(DbDataReader reader, int column)
    {
        return IpAddressValue.FromBytes(reader.GetFieldValue<byte[]>(column));
    }
}
