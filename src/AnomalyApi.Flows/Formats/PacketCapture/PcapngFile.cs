using System.Buffers.Binary;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>pcapng: blocks with their length in front and behind; sections, each with its interfaces; packets of several kinds.</summary>
/// <remarks>draft-ietf-opsawg-pcapng; the obsolete packet block is in its appendix. Blocks of other types are stepped over.</remarks>
internal sealed class PcapngFile(PipeBytes bytes, FlowReadTarget target) : CaptureFile(bytes, target)
{
    /// <summary>Type of the block that begins a section; reads the same in both byte orders.</summary>
    public const uint Section = 0x0A0D0D0A;

    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const int BlockHeader = 8;
    private const int BlockTrailer = 4;
    private const int SectionFields = 16;
    private const int MaxInterfaces = 4096;

    // The longest packet, with room for the options behind it.
    private const int MaxBlockBytes = MaxPacketBytes + (64 * 1024);

    private readonly FlowReadTarget _target = target;
    private readonly List<CaptureInterface> _interfaces = [];
    private Step _step = Step.SectionLength;
    private bool _isLittleEndian;
    private uint _type = Section;
    private uint _length;
    private long _toSkip;
    private long _lastTime = -1;

    private enum Step
    {
        Header,
        SectionLength,
        Body,
        Skip,
        Trailer,
    }

    /// <inheritdoc/>
    protected override string? Unfinished => _step == Step.Header && Bytes.Waiting == 0 ? null : IsPacket(_type) && _step != Step.Header ? $"packet {PacketCount + 1}" : "a block";

    /// <inheritdoc/>
    public override bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        while (!IsStopped)
        {
            switch (_step)
            {
                case Step.Header:
                    if (!TryReadHeader())
                    {
                        return false;
                    }

                    break;
                case Step.SectionLength:
                    if (!TryReadSection())
                    {
                        return false;
                    }

                    break;
                case Step.Body:
                    if (!Bytes.TryTake((int)_length - BlockHeader, out var body))
                    {
                        return false;
                    }

                    _step = Step.Header;
                    if (!CheckTrailer(body[^BlockTrailer..]))
                    {
                        break;
                    }

                    if (TryReadBody(body[..^BlockTrailer], out packet))
                    {
                        return true;
                    }

                    break;
                case Step.Skip:
                    _toSkip -= Bytes.Skip(_toSkip);
                    if (_toSkip > 0)
                    {
                        return false;
                    }

                    _step = Step.Trailer;
                    break;
                default:
                    if (!Bytes.TryTake(BlockTrailer, out var trailer))
                    {
                        return false;
                    }

                    _step = Step.Header;
                    CheckTrailer(trailer);
                    break;
            }
        }

        return LeaveRest(out packet);
    }

    private static bool IsPacket(uint type) => type is EnhancedPacket or SimplePacket or ObsoletePacket;

    private bool TryReadHeader()
    {
        RecordOffset = Bytes.Offset;
        if (!Bytes.TryTake(BlockHeader, out var header))
        {
            return false;
        }

        _type = UInt32(header);
        if (_type == Section)
        {
            // Its length is in the byte order that only the next field tells.
            _length = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            _step = Step.SectionLength;
            return true;
        }

        _length = UInt32(header[4..]);
        if (!CheckLength(BlockHeader + BlockTrailer))
        {
            return true;
        }

        if (!IsPacket(_type) && _type != InterfaceDescription)
        {
            SkipTo(BlockHeader);
        }
        else if (_length > MaxBlockBytes)
        {
            Reject(IsPacket(_type) ? CountPacket() : PacketCount + 1, RecordOffset, TooLong);
            SkipTo(BlockHeader);
        }
        else
        {
            _step = Step.Body;
        }

        return true;
    }

    private bool TryReadSection()
    {
        // The first block's type was taken as the magic number of the file, so its length is still to come.
        var isFirst = Bytes.Offset == 4;
        if (!Bytes.TryTake(isFirst ? 4 + SectionFields : SectionFields, out var fields))
        {
            return false;
        }

        if (isFirst)
        {
            _length = BinaryPrimitives.ReadUInt32LittleEndian(fields);
            fields = fields[4..];
        }

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(fields);
        _isLittleEndian = magic == ByteOrderMagic;
        if (!_isLittleEndian)
        {
            _length = BinaryPrimitives.ReverseEndianness(_length);
            if (magic != BinaryPrimitives.ReverseEndianness(ByteOrderMagic))
            {
                return Refuse(isFirst, "The section does not say its byte order.");
            }
        }

        var version = UInt16(fields[4..]);
        if (version != 1)
        {
            return Refuse(isFirst, $"The section is of version {version}; version 1 is read.");
        }

        _interfaces.Clear();
        _target.AllowEmpty();
        if (CheckLength(BlockHeader + SectionFields + BlockTrailer))
        {
            SkipTo(BlockHeader + SectionFields);
        }

        return true;
    }

    private bool Refuse(bool isFirst, string reason)
    {
        if (isFirst)
        {
            throw new FlowFormatException($"The body begins like a pcapng capture and is none. {reason}");
        }

        Stop(reason);
        return true;
    }

    private bool TryReadBody(ReadOnlySpan<byte> body, out CapturedPacket packet)
    {
        packet = default;
        switch (_type)
        {
            case InterfaceDescription:
                AddInterface(body);
                return false;
            case EnhancedPacket when body.Length >= 20:
                return TryMake(UInt32(body), Units(body[4..]), UInt32(body[12..]), UInt32(body[16..]), body[20..], out packet);
            case ObsoletePacket when body.Length >= 20:
                return TryMake(UInt16(body), Units(body[4..]), UInt32(body[12..]), UInt32(body[16..]), body[20..], out packet);
            case SimplePacket when body.Length >= 4:
                var original = UInt32(body);
                var captured = Math.Min(original, (uint)(body.Length - 4));
                if (_interfaces.Count > 0 && _interfaces[0].SnapLength > 0)
                {
                    captured = Math.Min(captured, _interfaces[0].SnapLength);
                }

                return TryMake(0, null, captured, original, body[4..], out packet);
            default:
                Reject(CountPacket(), RecordOffset, "The block is too short for a packet.");
                return false;
        }
    }

    private bool TryMake(uint device, ulong? units, uint captured, uint original, ReadOnlySpan<byte> data, out CapturedPacket packet)
    {
        packet = default;
        var number = CountPacket();
        if (device >= _interfaces.Count)
        {
            Reject(number, RecordOffset, $"The packet is from interface {device}, and the section describes {_interfaces.Count}.");
            return false;
        }

        if (captured > data.Length || captured > MaxPacketBytes)
        {
            Reject(number, RecordOffset, captured > MaxPacketBytes ? TooLong : $"The packet claims {captured} bytes, and the block has {data.Length}.");
            return false;
        }

        // A simple packet has no time: it came behind the one before.
        var time = _lastTime;
        if ((units is { } ticks && !_interfaces[(int)device].TryGetMicroseconds(ticks, out time)) || time < 0)
        {
            Reject(number, RecordOffset, units is null ? "The packet has no time, and none before it has." : "The time is not between the years 1970 and 2200.");
            return false;
        }

        _lastTime = time;
        packet = new CapturedPacket
        {
            Number = number,
            Offset = RecordOffset,
            BytesOffset = RecordOffset + BlockHeader + (units is null ? 4 : 20),
            TimeMicroseconds = time,
            Link = _interfaces[(int)device].Link,
            OriginalLength = (int)Math.Min(original, int.MaxValue),
            Bytes = data[..(int)captured],
        };
        return true;
    }

    private void AddInterface(ReadOnlySpan<byte> body)
    {
        if (_interfaces.Count == MaxInterfaces)
        {
            Reject(PacketCount + 1, RecordOffset, "More than 4096 interfaces in a section.");
        }
        else if (CaptureInterface.TryParse(body, _isLittleEndian, out var device))
        {
            _interfaces.Add(device);
        }
        else
        {
            Reject(PacketCount + 1, RecordOffset, "The block is too short for an interface.");
        }
    }

    private bool CheckLength(uint least)
    {
        if (_length >= least && _length % 4 == 0)
        {
            return true;
        }

        Stop($"The block claims {_length} bytes, which is no length of a block.");
        return false;
    }

    private bool CheckTrailer(ReadOnlySpan<byte> trailer)
    {
        if (UInt32(trailer) == _length)
        {
            return true;
        }

        Stop($"The block claims {_length} bytes at its front and {UInt32(trailer)} at its end.");
        return false;
    }

    private void SkipTo(int taken)
    {
        _toSkip = (long)_length - taken - BlockTrailer;
        _step = Step.Skip;
    }

    private ulong Units(ReadOnlySpan<byte> at) => ((ulong)UInt32(at) << 32) | UInt32(at[4..]);

    private ushort UInt16(ReadOnlySpan<byte> at) =>
        _isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);

    private uint UInt32(ReadOnlySpan<byte> at) =>
        _isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
}
