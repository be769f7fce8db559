using System.Buffers.Binary;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Classic pcap: a header of 24 bytes, then each packet behind 16 bytes of time and lengths.</summary>
/// <remarks>draft-ietf-opsawg-pcap.</remarks>
internal sealed class PcapFile(PipeBytes bytes, FlowReadTarget target, bool isLittleEndian, bool hasNanoseconds) : CaptureFile(bytes, target)
{
    private const int HeaderBehindMagic = 20;
    private const int RecordHeader = 16;

    private readonly FlowReadTarget _target = target;
    private CaptureInterface _interface;
    private bool _hasHeader;
    private bool _hasRecord;
    private ulong _time;
    private uint _captured;
    private uint _original;
    private long _toSkip;

    /// <inheritdoc/>
    protected override string? Unfinished => !_hasHeader ? "its header"
        : _hasRecord ? $"packet {PacketCount + 1}, of which {_captured} bytes were announced and {Bytes.Waiting} are there"
        : _toSkip > 0 ? $"packet {PacketCount}" : Bytes.Waiting > 0 ? $"the header of packet {PacketCount + 1}" : null;

    /// <inheritdoc/>
    public override bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        if (!_hasHeader && !TryReadHeader())
        {
            return false;
        }

        while (true)
        {
            if (IsStopped)
            {
                return LeaveRest(out packet);
            }

            if (_toSkip > 0)
            {
                _toSkip -= Bytes.Skip(_toSkip);
                if (_toSkip > 0)
                {
                    return false;
                }
            }

            if (!_hasRecord && !TryReadRecordHeader())
            {
                return false;
            }

            if (!_hasRecord)
            {
                continue;
            }

            if (!Bytes.TryTake((int)_captured, out var frame))
            {
                return false;
            }

            _hasRecord = false;
            var number = CountPacket();
            if (!_interface.TryGetMicroseconds(_time, out var time))
            {
                Reject(number, RecordOffset, "The time is not between the years 1970 and 2200.");
                continue;
            }

            packet = new CapturedPacket
            {
                Number = number,
                Offset = RecordOffset,
                BytesOffset = RecordOffset + RecordHeader,
                TimeMicroseconds = time,
                Link = _interface.Link,
                OriginalLength = (int)Math.Min(_original, int.MaxValue),
                Bytes = frame,
            };
            return true;
        }
    }

    private bool TryReadHeader()
    {
        if (!Bytes.TryTake(HeaderBehindMagic, out var header))
        {
            return false;
        }

        // The upper half of the link type says whether frames end with a check sequence, which the IP length leaves out anyway.
        _interface = new CaptureInterface((LinkType)UInt32(header[16..]), UInt32(header[12..]), hasNanoseconds ? 1_000_000_000u : 1_000_000u, 0);
        _hasHeader = true;
        _target.AllowEmpty();
        return true;
    }

    private bool TryReadRecordHeader()
    {
        RecordOffset = Bytes.Offset;
        if (!Bytes.TryTake(RecordHeader, out var header))
        {
            return false;
        }

        _time = (UInt32(header) * _interface.UnitsPerSecond) + UInt32(header[4..]);
        _captured = UInt32(header[8..]);
        _original = UInt32(header[12..]);
        if (_captured <= MaxPacketBytes)
        {
            _hasRecord = true;
        }
        else if (_captured <= _interface.SnapLength)
        {
            Reject(CountPacket(), RecordOffset, TooLong);
            _toSkip = _captured;
        }
        else
        {
            // Records have no mark to find the next one by.
            Stop($"The packet claims {_captured} bytes, and the file says that it keeps {_interface.SnapLength} of each.");
        }

        return true;
    }

    private uint UInt32(ReadOnlySpan<byte> at) =>
        isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
}
