using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>What is kept of an open flow.</summary>
internal struct PacketFlow
{
    /// <summary>The originator.</summary>
    public IpAddressValue Source;

    /// <summary>The responder.</summary>
    public IpAddressValue Destination;

    /// <summary>Port of the originator; the type for ICMP.</summary>
    public ushort SourcePort;

    /// <summary>Port of the responder; the code for ICMP.</summary>
    public ushort DestinationPort;

    public byte Protocol;
    public bool HasPorts;
    public byte TcpFlags;
    public bool HasTcpFlags;

    /// <summary>Number of the first packet.</summary>
    public int FirstPacket;

    public long Start;
    public long Last;
    public long ForwardPackets;
    public long ReversePackets;
    public long ForwardBytes;
    public long ReverseBytes;
    public TcpConversation Tcp;
    public ServiceGuess Service;

    /// <summary>Place in the lists of <see cref="OpenFlows"/>.</summary>
    public PacketFlowLinks Links;

    /// <summary>How it went, in Zeek's words.</summary>
    public readonly ConnectionState State => Protocol switch
    {
        IpProtocols.Tcp => Tcp.State,
        IpProtocols.Udp or IpProtocols.UdpLite => (ForwardPackets, ReversePackets) switch
        {
            (> 0, > 0) => ConnectionState.SF,
            (> 0, _) => ConnectionState.S0,
            _ => ConnectionState.Shr,
        },
        _ => ConnectionState.Oth,
    };

    /// <summary>What silence means for it.</summary>
    public readonly PacketFlowPhase Phase => Protocol != IpProtocols.Tcp ? PacketFlowPhase.Idle
        : Tcp.IsClosed ? PacketFlowPhase.Closed
        : Tcp.IsEstablished ? PacketFlowPhase.Established : PacketFlowPhase.Idle;

    /// <summary>Takes one packet.</summary>
    public void Add(in Packet packet, ReadOnlySpan<byte> frame, long time, bool isForward)
    {
        Start = Math.Min(Start, time);
        Last = Math.Max(Last, time);
        if (isForward)
        {
            ForwardPackets++;
            ForwardBytes += packet.IpBytes;
        }
        else
        {
            ReversePackets++;
            ReverseBytes += packet.IpBytes;
        }

        if (packet.HasTcpHeader)
        {
            TcpFlags |= packet.TcpFlags;
            HasTcpFlags = true;
            Tcp.Add(packet, isForward);
        }

        if (packet.PayloadBytes > 0 && packet.HasPorts && !packet.IsLaterFragment)
        {
            Service.Add(packet, frame, isForward, Protocol != IpProtocols.Tcp || Tcp.HasBeginning);
        }
    }

    /// <summary>Begins the next piece of a flow that has lasted too long for one: counts start again, what is known of the connection stays.</summary>
    public void Continue(long time, int packet)
    {
        Start = Last = time;
        FirstPacket = packet;
        ForwardPackets = ReversePackets = ForwardBytes = ReverseBytes = 0;
        TcpFlags = 0;
        HasTcpFlags = false;
    }
}
