using System.Security.Cryptography;
using System.Text;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Storage.Tests;

/// <summary>Makers: a test names what matters to it.</summary>
internal static class Some
{
    public static readonly DateTime Noon = new(2026, 3, 14, 12, 0, 0, DateTimeKind.Utc);

    public static FlowRecord Flow(
        string source = "10.0.0.1", string destination = "192.0.2.7", int? port = 443, DateTime? start = null, string? sensor = "zeek-1",
        string? service = "ssl") => new()
        {
            Start = start ?? Noon,
            Duration = TimeSpan.FromMilliseconds(1500),
            Source = IpAddressValue.Parse(source),
            Destination = IpAddressValue.Parse(destination),
            SourcePort = 50_000,
            DestinationPort = port,
            Protocol = 6,
            ForwardPackets = 10,
            ReversePackets = 12,
            ForwardBytes = 1_000,
            ReverseBytes = 20_000,
            TcpFlags = 0x1B,
            State = ConnectionState.SF,
            Direction = FlowDirection.Outbound,
            Service = service,
            Sensor = sensor,
            CommunityId = "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz4=",
            Label = null,
        };

    /// <summary>Flows whose destination ports are <paramref name="firstPort"/>, <paramref name="firstPort"/> + 1, ...</summary>
    public static FlowBatch Flows(int count, float score = float.NaN, int firstPort = 1)
    {
        var flows = FlowBatch.Rent(count);
        for (var i = 0; i < count; i++)
        {
            flows.Add(Flow(port: firstPort + i));
            flows.Score[i] = score;
        }

        return flows;
    }

    public static FlowBatch Flows(params FlowRecord[] records)
    {
        var flows = FlowBatch.Rent(records.Length);
        foreach (var record in records)
        {
            flows.Add(record);
        }

        return flows;
    }

    public static BatchKey Key(string key, string body = "body") => new("sensor-a", key, SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    public static ModelRow Model(int version, string name = "default") => new()
    {
        Version = version,
        Name = name,
        Kind = "trained",
        Detector = "isolation-forest",
        CreatedAt = Noon,
        Bytes = [1, 2, (byte)version],
    };

    public static TrainingRow Training(DateTime? createdAt = null, string modelName = "default") => new()
    {
        Id = Guid.NewGuid().ToString(),
        ModelName = modelName,
        Trigger = "manual",
        Kind = "trained",
        CreatedAt = createdAt ?? Noon,
    };
}
