using System.Buffers;
using System.Threading.Channels;
using AnomalyApi.Flows;

namespace AnomalyApi.Collectors;

/// <summary>Datagrams between the sockets and the decoder, bounded in bytes: when it is full the newest is dropped and counted. Thread-safe; one reader.</summary>
internal sealed class DatagramQueue(long capacity)
{
    // What an entry costs beside its bytes, so that a flood of empty datagrams is bounded too.
    private const int Overhead = 128;

    private readonly Channel<ReceivedDatagram> _channel =
        Channel.CreateUnbounded<ReceivedDatagram>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = false });

    private int _hasTick;
    private long _bytes;
    private long _dropped;

    /// <summary>Bytes that wait.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Datagrams for which there was no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public ChannelReader<ReceivedDatagram> Reader => _channel.Reader;

    /// <summary>Takes a copy of the datagram, or drops and counts it.</summary>
    public void Add(in IpAddressValue exporter, long received, ReadOnlySpan<byte> datagram)
    {
        if (Interlocked.Add(ref _bytes, datagram.Length + Overhead) > capacity)
        {
            Interlocked.Add(ref _bytes, -(datagram.Length + Overhead));
            Interlocked.Increment(ref _dropped);
            return;
        }

        var copy = ArrayPool<byte>.Shared.Rent(datagram.Length);
        datagram.CopyTo(copy);
        if (!_channel.Writer.TryWrite(new ReceivedDatagram(exporter, received, copy, datagram.Length)))
        {
            ArrayPool<byte>.Shared.Return(copy);
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Tells the reader that time has passed, unless it has not yet heard the last such news.</summary>
    public void Tick(long now)
    {
        if (Interlocked.Exchange(ref _hasTick, 1) == 0)
        {
            _channel.Writer.TryWrite(new ReceivedDatagram(default, now, [], -1));
        }
    }

    /// <summary>Gives back what the reader is done with.</summary>
    public void Release(in ReceivedDatagram datagram)
    {
        if (datagram.IsTick)
        {
            Volatile.Write(ref _hasTick, 0);
            return;
        }

        Interlocked.Add(ref _bytes, -(datagram.Length + Overhead));
        ArrayPool<byte>.Shared.Return(datagram.Buffer);
    }

    /// <summary>Nothing comes any more.</summary>
    public void Complete() => _channel.Writer.TryComplete();
}
