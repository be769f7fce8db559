using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>One packet of a capture file.</summary>
internal readonly ref struct CapturedPacket
{
    /// <summary>Place among the packets of the file, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Where its record begins in the body.</summary>
    public required long Offset { get; init; }

    /// <summary>When it was captured, UTC microseconds since 1970.</summary>
    public required long TimeMicroseconds { get; init; }

    /// <summary>What the bytes begin with.</summary>
    public required LinkType Link { get; init; }

    /// <summary>Length on the wire.</summary>
    public required int OriginalLength { get; init; }

    /// <summary>Where <see cref="Bytes"/> begin in the body.</summary>
    public required long BytesOffset { get; init; }

    /// <summary>What was captured of it.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }
}
