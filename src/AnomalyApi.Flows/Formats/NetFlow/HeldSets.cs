namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Data sets whose template has not come yet, oldest first, bounded in bytes and time.</summary>
internal sealed class HeldSets(NetFlowDecoderOptions options)
{
    // Values are read as the end of eight bytes, so something must stand before the first.
    private const int Front = 24;

    // What a set costs beside its bytes, so that empty ones are bounded too.
    private const int Overhead = 200;

    private readonly LinkedList<Held> _byAge = [];
    private readonly Dictionary<(ExportDomain Domain, ushort Template), Queue<LinkedListNode<Held>>> _byTemplate = [];
    private readonly long _heldFor = options.HeldFor.Ticks / TimeSpan.TicksPerMicrosecond;
    private long _bytes;

    /// <summary>Sets held.</summary>
    public int Count { get; private set; }

    /// <summary>Keeps a copy of a set; false when there is no room, so that it is lost.</summary>
    /// <param name="at">Where its first record stands in the datagram.</param>
    public bool Hold(ReadOnlySpan<byte> records, int at, ushort template, in ExportMessage message)
    {
        if (_bytes + records.Length + Overhead > options.HeldBytes)
        {
            return false;
        }

        var copy = new byte[Front + records.Length];
        records.CopyTo(copy.AsSpan(Front));
        var held = _byAge.AddLast(new Held(message with { Offset = message.Offset + at - Front }, template, copy));
        if (!_byTemplate.TryGetValue((message.Domain, template), out var waiting))
        {
            waiting = new Queue<LinkedListNode<Held>>();
            _byTemplate.Add((message.Domain, template), waiting);
        }

        waiting.Enqueue(held);
        _bytes += records.Length + Overhead;
        Count++;
        return true;
    }

    /// <summary>Takes out the oldest set that waits for the template; false when there is none.</summary>
    public bool TryTake(ExportDomain domain, ushort template, out ExportMessage message, out byte[] buffer, out int start)
    {
        start = Front;
        message = default;
        buffer = [];
        if (Count == 0 || !_byTemplate.TryGetValue((domain, template), out var waiting))
        {
            return false;
        }

        var oldest = waiting.Peek();
        (message, _, buffer) = oldest.Value;
        Remove(oldest);
        return true;
    }

    /// <summary>Takes out the oldest set if it waited too long, or whatever its age.</summary>
    public bool TryExpire(long now, bool always, out ExportMessage message, out ushort template, out long offset)
    {
        message = default;
        template = 0;
        offset = 0;
        if (_byAge.First is not { } oldest || (!always && Math.Abs(now - oldest.Value.Message.Received) <= _heldFor))
        {
            return false;
        }

        (message, template, _) = oldest.Value;
        offset = message.Offset + Front;
        Remove(oldest);
        return true;
    }

    // Always the oldest of its template.
    private void Remove(LinkedListNode<Held> held)
    {
        var key = (held.Value.Message.Domain, held.Value.Template);
        var waiting = _byTemplate[key];
        waiting.Dequeue();
        if (waiting.Count == 0)
        {
            _byTemplate.Remove(key);
        }

        _byAge.Remove(held);
        _bytes -= held.Value.Buffer.Length - Front + Overhead;
        Count--;
    }

    private sealed record Held(ExportMessage Message, ushort Template, byte[] Buffer);
}
