namespace AnomalyApi.Flows.Packets;

/// <summary>Reads the headers of a frame: link layer, tunnels, IP, transport.</summary>
/// <remarks>Thread-safe. Does not allocate, and never throws whatever the bytes. Checksums are not verified: network cards fill them in after the
/// capture, so packets of the capturing machine itself would all be refused.</remarks>
internal static class PacketParser
{
    /// <summary>Tunnels looked into at most, one in the other.</summary>
    public const int MaxDepth = 4;

    /// <param name="frame">The bytes captured.</param>
    /// <param name="originalLength">Length on the wire, which is more where the capture cut the frame.</param>
    /// <param name="link">What the frame begins with.</param>
    public static PacketVerdict Parse(ReadOnlySpan<byte> frame, int originalLength, LinkType link, out Packet packet)
    {
        packet = default;
        return LinkLayer.Parse(frame, Math.Max(originalLength, frame.Length), link, ref packet);
    }

    internal static PacketVerdict Damaged(ref Packet packet, string reason)
    {
        packet.Note = reason;
        return PacketVerdict.Damaged;
    }

    internal static PacketVerdict NotIp(ref Packet packet, string kind)
    {
        packet.Note = kind;
        return PacketVerdict.NotIp;
    }
}
