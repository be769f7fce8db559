namespace AnomalyApi.Flows.Synthetic;

/// <summary>One flow while it is made up. Roles and attacks say who talks to whom; <see cref="Shapes"/> what the wire then carries.</summary>
internal struct FlowSketch
{
    /// <summary>UTC microseconds since 1970.</summary>
    public long Start;

    /// <summary>Microseconds.</summary>
    public long Duration;

    public IpAddressValue Source;
    public IpAddressValue Destination;
    public int SourcePort;
    public int DestinationPort;
    public byte Protocol;
    public long ForwardPackets;
    public long ReversePackets;
    public long ForwardBytes;
    public long ReverseBytes;

    /// <summary>-1 where there are none.</summary>
    public short TcpFlags;

    public ConnectionState State;
    public string? Service;

    /// <summary>Puts the flow into the batch.</summary>
    public readonly void AddTo(FlowBatch batch, string sensor, string label)
    {
        var row = batch.AddRow();
        batch.StartMicroseconds[row] = Start;
        batch.DurationMicroseconds[row] = Duration;
        batch.Source[row] = Source;
        batch.Destination[row] = Destination;
        batch.SourcePort[row] = SourcePort;
        batch.DestinationPort[row] = DestinationPort;
        batch.Protocol[row] = Protocol;
        batch.ForwardPackets[row] = ForwardPackets;
        batch.ReversePackets[row] = ReversePackets;
        batch.ForwardBytes[row] = ForwardBytes;
        batch.ReverseBytes[row] = ReverseBytes;
        batch.TcpFlags[row] = TcpFlags;
        batch.State[row] = State;
        batch.Direction[row] = FlowDirections.Between(OfficeNetwork.IsInside(Source), OfficeNetwork.IsInside(Destination));
        batch.Service[row] = Service;
        batch.Sensor[row] = sensor;
        batch.Label[row] = label;
    }
}
