using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>Rows in the format of COPY BINARY (PostgreSQL manual, COPY, "Binary Format"), in a pooled array that grows.</summary>
internal sealed class CopyBuffer(int capacity) : IDisposable
{
    // PostgreSQL counts from 2000.
    private const long EpochMicroseconds = 946_684_800_000_000;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public int Length => _length;

    /// <summary>Begins a row of <paramref name="fields"/> fields, which take at most <paramref name="fixedBytes"/> without their text.</summary>
    public void BeginRow(short fields, int fixedBytes)
    {
        Ensure(fixedBytes + 2);
        BinaryPrimitives.WriteInt16BigEndian(_bytes.AsSpan(_length), fields);
        _length += 2;
    }

    public void Null()
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_length), -1);
        _length += 4;
    }

    public void Int16(short value)
    {
        var span = _bytes.AsSpan(_length, 6);
        BinaryPrimitives.WriteInt32BigEndian(span, 2);
        BinaryPrimitives.WriteInt16BigEndian(span[4..], value);
        _length += 6;
    }

    public void Int32(int value)
    {
        var span = _bytes.AsSpan(_length, 8);
        BinaryPrimitives.WriteInt32BigEndian(span, 4);
        BinaryPrimitives.WriteInt32BigEndian(span[4..], value);
        _length += 8;
    }

    public void Int64(long value)
    {
        var span = _bytes.AsSpan(_length, 12);
        BinaryPrimitives.WriteInt32BigEndian(span, 8);
        BinaryPrimitives.WriteInt64BigEndian(span[4..], value);
        _length += 12;
    }

    public void Single(float value) => Int32(BitConverter.SingleToInt32Bits(value));

    public void Double(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    public void Time(long microseconds) => Int64(microseconds - EpochMicroseconds);

    /// <summary>Null for a negative number, which means missing in a batch.</summary>
    public void Int64UnlessMissing(long value)
    {
        if (value < 0)
        {
            Null();
        }
        else
        {
            Int64(value);
        }
    }

    /// <inheritdoc cref="Int64UnlessMissing"/>
    public void Int32UnlessMissing(int value)
    {
        if (value < 0)
        {
            Null();
        }
        else
        {
            Int32(value);
        }
    }

    /// <inheritdoc cref="Int64UnlessMissing"/>
    public void Int16UnlessMissing(short value)
    {
        if (value < 0)
        {
            Null();
        }
        else
        {
            Int16(value);
        }
    }

    public void Address(IpAddressValue address)
    {
        var span = _bytes.AsSpan(_length, 4 + IpAddressValue.Size);
        BinaryPrimitives.WriteInt32BigEndian(span, IpAddressValue.Size);
        address.WriteBytes(span[4..]);
        _length += 4 + IpAddressValue.Size;
    }

    /// <summary>Makes room for the text itself. Text may come anywhere in a row, but only the room of <see cref="BeginRow"/> follows it.</summary>
    public void Text(string? text, int fixedBytesBehind)
    {
        if (text is null)
        {
            Null();
            return;
        }

        text = StoredText.Clean(text);
        Ensure(4 + Encoding.UTF8.GetMaxByteCount(text.Length) + fixedBytesBehind);
        var written = Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length + 4));
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_length), written);
        _length += 4 + written;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
            _length = 0;
        }
    }

    private void Ensure(int more)
    {
        if (_bytes.Length - _length >= more)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(_bytes.Length * 2, _length + more)));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
