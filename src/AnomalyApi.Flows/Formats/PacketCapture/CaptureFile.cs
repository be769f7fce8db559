namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Reads the packets of one kind of capture file, behind its magic number.</summary>
internal abstract class CaptureFile(PipeBytes bytes, FlowReadTarget target)
{
    /// <summary>Longest packet that is read: the longest that capture tools keep by default. Longer ones are rejected.</summary>
    public const int MaxPacketBytes = 256 * 1024;

    protected const string TooLong = "Longer than 262144 bytes, the longest packet that is read.";

    /// <summary>Packets met so far, with those that were rejected.</summary>
    public int PacketCount { get; private set; }

    protected PipeBytes Bytes { get; } = bytes;

    /// <summary>Where the record being read began.</summary>
    protected long RecordOffset { get; set; }

    /// <summary>Whether no more packets can be found, so that the rest is left unread.</summary>
    protected bool IsStopped { get; private set; }

    /// <summary>The next packet; false when more must be waited for.</summary>
    public abstract bool TryRead(out CapturedPacket packet);

    /// <summary>What the file was in the middle of when it ended, for example "packet 7"; null when it ended between records.</summary>
    protected abstract string? Unfinished { get; }

    /// <summary>The body has ended: says so when it did in the middle of something, as it does when a capture was killed.</summary>
    public void End()
    {
        if (!IsStopped && Unfinished is { } unfinished)
        {
            Reject(PacketCount + 1, RecordOffset, $"The capture ends in the middle of {unfinished}.");
        }
    }

    /// <summary>Counts a packet and gives its number, from 1.</summary>
    protected int CountPacket() => PacketCount = Saturating.Next(PacketCount);

    protected void Reject(int packet, long offset, string reason) => target.Reject(packet, $"At byte {offset}: {reason}");

    /// <summary>Rejects what cannot be stepped over.</summary>
    protected void Stop(string reason)
    {
        Reject(PacketCount + 1, RecordOffset, reason + " What follows was not read.");
        IsStopped = true;
    }

    /// <summary>Leaves the rest of the body unread when nothing more can be found in it.</summary>
    protected bool LeaveRest(out CapturedPacket packet)
    {
        Bytes.Skip(long.MaxValue);
        packet = default;
        return false;
    }
}
