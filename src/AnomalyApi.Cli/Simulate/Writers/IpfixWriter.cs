using System.Buffers;
using System.Buffers.Binary;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>IPFIX messages (RFC 7011) with one record for both directions of a flow (RFC 5103), times in milliseconds, and the templates in the first message of
/// a body and in every twentieth after it, since datagrams get lost.</summary>
internal sealed class IpfixWriter : FlowWriter
{
    private const int HeaderBytes = 16;
    private const int SetHeaderBytes = 4;
    private const int MaxMessageBytes = 1_400;
    private const int MessagesBetweenTemplates = 20;
    private const int TemplateSet = 2;
    private const int Reverse = 0x8000;
    private const uint ReverseEnterprise = 29_305;

    // biflowDirection: the source is who began (RFC 5103).
    private const byte Initiator = 1;

    // Element and length, in the order they are written. Ports stand where ICMP has type and code.
    private static readonly (int Element, int Bytes)[] Common = [(152, 8), (153, 8), (4, 1), (6, 1), (2, 8), (1, 8), (Reverse | 2, 8), (Reverse | 1, 8), (239, 1)];

    private static readonly (int Element, int Bytes)[][] Templates =
    [
        [.. Common, (8, 4), (12, 4), (7, 2), (11, 2)],
        [.. Common, (27, 16), (28, 16), (7, 2), (11, 2)],
        [.. Common, (8, 4), (12, 4), (32, 2)],
        [.. Common, (27, 16), (28, 16), (139, 2)],
    ];

    private readonly byte[] _message = new byte[MaxMessageBytes];
    private int _used = HeaderBytes;
    private int _set = -1;
    private int _setTemplate;
    private int _messages;
    private uint _sequence;
    private uint _records;
    private long _latest;

    public override string ContentType => "application/vnd.ipfix";

    public override int MessageBytes(ReadOnlySpan<byte> output) => BinaryPrimitives.ReadUInt16BigEndian(output[2..]);

    // Whoever reads this body may not have seen another.
    public override void Begin(IBufferWriter<byte> output) => _messages = 0;

    public override void Write(FlowBatch flows, int row, IBufferWriter<byte> output)
    {
        var isIPv4 = flows.Source[row].IsIPv4 && flows.Destination[row].IsIPv4;
        var template = (IpProtocols.HasPorts(flows.Protocol[row]) ? 0 : 2) + (isIPv4 ? 0 : 1);
        if (_used + SetHeaderBytes + Templates[template].Sum(field => field.Bytes) > MaxMessageBytes)
            Flush(output);

        if (_used == HeaderBytes && _messages++ % MessagesBetweenTemplates == 0)
            AddTemplates();

        if (_set < 0 || _setTemplate != template)
        {
            EndSet();
            BeginSet(256 + template);
            _setTemplate = template;
        }

        AddRecord(flows, row, isIPv4);
    }

    public override void Flush(IBufferWriter<byte> output)
    {
        if (_used == HeaderBytes)
            return;

        EndSet();
        BinaryPrimitives.WriteUInt16BigEndian(_message, 10);
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(2), (ushort)_used);
        BinaryPrimitives.WriteUInt32BigEndian(_message.AsSpan(4), (uint)(_latest / 1000));
        BinaryPrimitives.WriteUInt32BigEndian(_message.AsSpan(8), _sequence);
        BinaryPrimitives.WriteUInt32BigEndian(_message.AsSpan(12), 1);
        output.Write(_message.AsSpan(0, _used));
        _sequence += _records;
        _records = 0;
        _used = HeaderBytes;
        _latest = 0;
    }

    private void AddTemplates()
    {
        BeginSet(TemplateSet);
        for (var i = 0; i < Templates.Length; i++)
        {
            Put16(256 + i);
            Put16(Templates[i].Length);
            foreach (var (element, bytes) in Templates[i])
            {
                Put16(element);
                Put16(bytes);
                if ((element & Reverse) != 0)
                    Put32(ReverseEnterprise);
            }
        }

        EndSet();
    }

    private void AddRecord(FlowBatch flows, int row, bool isIPv4)
    {
        var start = flows.StartMicroseconds[row] / 1000;
        var end = (flows.StartMicroseconds[row] + flows.DurationMicroseconds[row]) / 1000;
        _latest = Math.Max(_latest, end);
        _records++;
        Put64(start);
        Put64(end);
        _message[_used++] = flows.Protocol[row];
        _message[_used++] = (byte)Math.Max((short)0, flows.TcpFlags[row]);
        Put64(flows.ForwardPackets[row]);
        Put64(flows.ForwardBytes[row]);
        Put64(flows.ReversePackets[row]);
        Put64(flows.ReverseBytes[row]);
        _message[_used++] = Initiator;
        PutAddress(flows.Source[row], isIPv4);
        PutAddress(flows.Destination[row], isIPv4);
        if (IpProtocols.HasPorts(flows.Protocol[row]))
        {
            Put16(flows.SourcePort[row]);
            Put16(flows.DestinationPort[row]);
        }
        else
        {
            Put16((flows.SourcePort[row] << 8) | flows.DestinationPort[row]);
        }
    }

    private void BeginSet(int id)
    {
        _set = _used;
        Put16(id);
        _used += 2;
    }

    private void EndSet()
    {
        if (_set >= 0)
            BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(_set + 2), (ushort)(_used - _set));

        _set = -1;
    }

    private void PutAddress(in IpAddressValue address, bool isIPv4)
    {
        Span<byte> bytes = stackalloc byte[IpAddressValue.Size];
        address.WriteBytes(bytes);
        bytes = isIPv4 ? bytes[12..] : bytes;
        bytes.CopyTo(_message.AsSpan(_used));
        _used += bytes.Length;
    }

    private void Put16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(_used), (ushort)value);
        _used += 2;
    }

    private void Put32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_message.AsSpan(_used), value);
        _used += 4;
    }

    private void Put64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_message.AsSpan(_used), value);
        _used += 8;
    }
}
