namespace AnomalyApi.Flows.Formats;

/// <summary>One flow while its record is being read. All formats end in <see cref="Accept"/>, so what holds for every flow is done there once.</summary>
/// <remarks>Used again for each record, so that reading allocates nothing but texts.</remarks>
internal sealed class FlowDraft
{
    public bool HasStart;
    public bool HasSource;
    public bool HasDestination;
    public bool HasProtocol;
    public long Start;
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
    public short TcpFlags;
    public ConnectionState State;
    public FlowDirection Direction;
    public string? Service;
    public string? Sensor;
    public string? CommunityId;
    public string? Label;
    public int SamplingInterval = 1;

    /// <summary>Room to take escapes out of a text.</summary>
    public byte[] Scratch { get; } = new byte[6 * 256];

    /// <summary>Forgets the last flow.</summary>
    public void Clear()
    {
        HasStart = HasSource = HasDestination = HasProtocol = false;
        Start = 0;
        Duration = -1;
        SourcePort = DestinationPort = -1;
        Protocol = 0;
        ForwardPackets = ReversePackets = ForwardBytes = ReverseBytes = -1;
        TcpFlags = -1;
        State = ConnectionState.Unknown;
        Direction = FlowDirection.Unknown;
        Service = Sensor = CommunityId = Label = null;
        SamplingInterval = 1;
    }

    /// <summary>The first required value that is missing; null when the flow is complete.</summary>
    public string? Missing(string start, string source, string destination, string protocol) =>
        !HasStart ? IsMissing(start) : !HasSource ? IsMissing(source) : !HasDestination ? IsMissing(destination)
        : !HasProtocol ? IsMissing(protocol) : null;

    /// <summary>Puts the flow into the batch, with the sensor that sent it where the record did not say.</summary>
    public void Accept(FlowReadTarget target, int line)
    {
        target.Admit();
        var batch = target.Batch;
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
        batch.Direction[row] = Direction;
        batch.Service[row] = Service;
        batch.Sensor[row] = Sensor ?? target.DefaultSensor;
        batch.CommunityId[row] = CommunityId;
        batch.Label[row] = Label;
        batch.SamplingInterval[row] = SamplingInterval;
        batch.Line[row] = line;
    }

    private static string IsMissing(string field) => $"{field} is missing.";
}
