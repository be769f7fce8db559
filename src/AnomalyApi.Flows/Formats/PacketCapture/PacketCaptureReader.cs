using System.Buffers.Binary;
using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Reads the packets of a capture as it arrives, pcap or pcapng. Holds one packet at most; what is damaged is rejected with its number and
/// its offset.</summary>
/// <remarks><c>while (await packets.FillAsync(token)) { while (packets.TryRead(out var packet)) { ... } }</c></remarks>
internal sealed class PacketCaptureReader(PipeReader pipe, FlowReadTarget target) : IDisposable
{
    private const uint Microseconds = 0xA1B2C3D4;
    private const uint Nanoseconds = 0xA1B23C4D;

    private readonly PipeBytes _bytes = new(pipe);
    private CaptureFile? _file;

    /// <summary>Packets met so far, with those that were rejected.</summary>
    public int PacketCount => _file?.PacketCount ?? 0;

    /// <summary>Whether a file begins like a capture.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head) =>
        head.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(head) is var magic
        && (magic == PcapngFile.Section || IsPcap(magic) || IsPcap(BinaryPrimitives.ReverseEndianness(magic)));

    /// <summary>Waits for more; false when the body has ended.</summary>
    /// <exception cref="FlowFormatException">The body is neither pcap nor pcapng, or no more than the beginning of one.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (await _bytes.FillAsync(cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        if (_file is null && _bytes.Waiting > 0)
        {
            throw new FlowFormatException($"The body has {_bytes.Waiting} bytes, too few for a pcap or pcapng capture.");
        }

        _file?.End();
        return false;
    }

    /// <summary>The next packet, valid until the next call; false when more must be waited for.</summary>
    public bool TryRead(out CapturedPacket packet)
    {
        if (_file is not null)
        {
            return _file.TryRead(out packet);
        }

        packet = default;
        if (!_bytes.TryTake(4, out var magic))
        {
            return false;
        }

        _file = Open(BinaryPrimitives.ReadUInt32BigEndian(magic));
        return _file.TryRead(out packet);
    }

    /// <summary>Gives buffers back, and the pipe to its owner.</summary>
    public void Dispose() => _bytes.Dispose();

    private static bool IsPcap(uint magic) => magic is Microseconds or Nanoseconds;

    private CaptureFile Open(uint magic)
    {
        if (magic == PcapngFile.Section)
        {
            return new PcapngFile(_bytes, target);
        }

        var isLittleEndian = !IsPcap(magic);
        magic = isLittleEndian ? BinaryPrimitives.ReverseEndianness(magic) : magic;
        return IsPcap(magic)
            ? new PcapFile(_bytes, target, isLittleEndian, magic == Nanoseconds)
            : throw new FlowFormatException("The body begins with the magic number of neither pcap nor pcapng. Convert other captures with 'editcap'.");
    }
}
