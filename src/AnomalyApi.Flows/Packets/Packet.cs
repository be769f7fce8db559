namespace AnomalyApi.Flows.Packets;

/// <summary>What the headers of one packet say. In a tunnel that can be looked into it is the innermost packet.</summary>
internal struct Packet
{
    public IpAddressValue Source;
    public IpAddressValue Destination;

    /// <summary>IANA number of the protocol above IP and its extension headers.</summary>
    public byte Protocol;

    /// <summary>Whether the ports (ICMP: type and code) are known. They are not for protocols without, and for later fragments.</summary>
    public bool HasPorts;

    /// <summary>Port of the sender; the type for ICMP.</summary>
    public ushort SourcePort;

    /// <summary>Port of the receiver; the code for ICMP.</summary>
    public ushort DestinationPort;

    /// <summary>Length of the IP packet on the wire, IP header included: no link header, no padding.</summary>
    public int IpBytes;

    /// <summary>Whether the fixed TCP header was captured whole, so that the fields below are known.</summary>
    public bool HasTcpHeader;

    /// <summary>Bit 0 FIN to bit 7 CWR.</summary>
    public byte TcpFlags;
    public uint TcpSequence;
    public uint TcpAcknowledgement;
    public ushort TcpWindow;

    /// <summary>Bytes behind the transport header on the wire.</summary>
    public int PayloadBytes;

    /// <summary>Where they begin in the frame.</summary>
    public int PayloadStart;

    /// <summary>How many of them were captured.</summary>
    public int PayloadCaptured;

    /// <summary>A piece of a larger packet.</summary>
    public bool IsFragment;

    /// <summary>A piece other than the first, which holds no transport header.</summary>
    public bool IsLaterFragment;

    /// <summary>The last piece.</summary>
    public bool IsLastFragment;

    /// <summary>What the pieces of one packet have in common, besides addresses and protocol.</summary>
    public uint FragmentId;

    /// <summary>The kind of a frame that is no IP packet, or why it was not understood. A constant.</summary>
    public string? Note;

    /// <summary>The captured payload.</summary>
    public readonly ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> frame) => frame.Slice(PayloadStart, PayloadCaptured);
}
