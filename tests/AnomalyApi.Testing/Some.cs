using AnomalyApi.Flows;

namespace AnomalyApi.Testing;

/// <summary>Makers of test inputs. Each argument has an ordinary default, so that a test names only what matters to it.</summary>
public static partial class Some
{
    /// <summary>The start of flows that do not say otherwise: a Friday morning.</summary>
    public static readonly DateTime Start = new(2024, 4, 19, 8, 30, 0, DateTimeKind.Utc);

    /// <summary>An ordinary HTTPS connection from inside to outside. A <c>null</c> means missing.</summary>
    public static FlowRecord Flow(
        DateTime? start = null, double? duration = 1.5, string source = "10.0.0.5", string destination = "192.0.2.7",
        int? sourcePort = 50_123, int? destinationPort = 443, byte protocol = 6, long? forwardPackets = 10, long? reversePackets = 12,
        long? forwardBytes = 1_500, long? reverseBytes = 9_000, byte? tcpFlags = 0b0001_1011, ConnectionState state = ConnectionState.SF,
        FlowDirection direction = FlowDirection.Outbound, string? service = "ssl", string? sensor = "sensor-1", string? communityId = null,
        string? label = null) => new()
        {
            Start = start ?? Start,
            Duration = duration is { } seconds ? TimeSpan.FromTicks((long)Math.Round(seconds * 1_000_000) * TimeSpan.TicksPerMicrosecond) : null,
            Source = IpAddressValue.Parse(source),
            Destination = IpAddressValue.Parse(destination),
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Protocol = protocol,
            ForwardPackets = forwardPackets,
            ReversePackets = reversePackets,
            ForwardBytes = forwardBytes,
            ReverseBytes = reverseBytes,
            TcpFlags = tcpFlags,
            State = state,
            Direction = direction,
            Service = service,
            Sensor = sensor,
            CommunityId = communityId,
            Label = label,
        };

    /// <summary>A batch of these flows; the caller disposes of it.</summary>
    public static FlowBatch Batch(params IEnumerable<FlowRecord> flows)
    {
        var batch = FlowBatch.Rent();
        foreach (var flow in flows)
        {
            batch.Add(flow);
        }

        return batch;
    }
}
