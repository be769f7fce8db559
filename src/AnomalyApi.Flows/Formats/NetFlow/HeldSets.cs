namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Data sets whose template has not come yet, oldest first, bounded in bytes and time.</summary>
internal sealed class HeldSets(NetFlowDecoderOptions options)
{
    // Values are read as the end of eight bytes, so something must stand before the first.
    private const int Front = 24;

    private readonly LinkedList<Held> _held = [];
    private readonly long _heldFor = options.HeldFor.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Bytes held.</summary>
    public int Bytes { get; private set; }

    /// <summary>Sets held.</summary>
    public int Count => _held.Count;

    /// <summary>Keeps a copy of a set; false when there is no room, so that it is lost.</summary>
    /// <param name="at">Where its first record stands in the datagram.</param>
    public bool Hold(ReadOnlySpan<byte> records, int at, ushort template, in ExportMessage message)
    {
        if (records.Length > options.HeldBytes - Bytes)
        {
            return false;
        }

        var copy = new byte[Front + records.Length];
        records.CopyTo(copy.AsSpan(Front));
        _held.AddLast(new Held(message with { Offset = message.Offset + at - Front }, template, copy));
        Bytes += records.Length;
        message.Domain.HeldSets++;
        return true;
    }

    /// <summary>Takes out the oldest set that waits for the template; false when there is none.</summary>
    public bool TryTake(ExportDomain domain, ushort template, out ExportMessage message, out byte[] buffer, out int start)
    {
        start = Front;
        for (var node = domain.HeldSets > 0 ? _held.First : null; node is not null; node = node.Next)
        {
            if (node.Value.Message.Domain == domain && node.Value.Template == template)
            {
                (message, _, buffer) = node.Value;
                Remove(node);
                return true;
            }
        }

        message = default;
        buffer = [];
        return false;
    }

    /// <summary>Takes out the oldest set if it waited too long, or whatever its age.</summary>
    public bool TryExpire(long now, bool always, out ExportMessage message, out ushort template, out long offset)
    {
        if (_held.First is not { } first || (!always && Math.Abs(now - first.Value.Message.Received) <= _heldFor))
        {
            message = default;
            template = 0;
            offset = 0;
            return false;
        }

        (message, template, _) = first.Value;
        offset = message.Offset + Front;
        Remove(first);
        return true;
    }

    private void Remove(LinkedListNode<Held> node)
    {
        _held.Remove(node);
        Bytes -= node.Value.Buffer.Length - Front;
        node.Value.Message.Domain.HeldSets--;
    }

    private sealed record Held(ExportMessage Message, ushort Template, byte[] Buffer);
}
