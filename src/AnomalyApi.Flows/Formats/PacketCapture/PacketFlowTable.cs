using System.Buffers;
using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Joins packets to flows in both directions, and hands each flow over when it has ended.</summary>
/// <remarks>Memory grows with the open flows, up to <see cref="PacketFlowOptions.MaxOpenFlows"/>; a packet allocates nothing. Time is the time of the packets.
/// Not thread-safe.</remarks>
internal sealed class PacketFlowTable(FlowReadTarget target, PacketFlowOptions options) : IDisposable
{
    // In the order of the phases, which is also the order in which flows are given up.
    private readonly long[] _timeouts =
        [Microseconds(options.ClosedTimeout), Microseconds(options.IdleTimeout), Microseconds(options.EstablishedTimeout)];

    private readonly long _activeTimeout = Microseconds(options.ActiveTimeout);
    private readonly FragmentTable _fragments = new();
    private readonly OpenFlows _open = new();
    private readonly FlowDraft _draft = new();

    /// <summary>Takes one packet.</summary>
    /// <param name="packet">Its headers; the ports of a later fragment are filled in.</param>
    /// <param name="frame">Its bytes.</param>
    /// <param name="time">Microseconds since 1970.</param>
    /// <param name="number">Its place in the capture, from 1.</param>
    public void Add(ref Packet packet, ReadOnlySpan<byte> frame, long time, int number)
    {
        if (packet.IsFragment)
        {
            _fragments.Resolve(ref packet, time);
        }

        EndSilent(time);
        var hash = OpenFlows.HashOf(packet);
        var index = _open.Find(packet, hash, out var isForward);
        if (index != OpenFlows.None && HasEnded(_open[index], packet, time))
        {
            End(index);
            index = OpenFlows.None;
        }

        if (index == OpenFlows.None)
        {
            index = Open(packet, hash, time, number, out isForward);
        }

        ref var flow = ref _open[index];
        if (Math.Max(time, flow.Last) - Math.Min(time, flow.Start) >= _activeTimeout)
        {
            // Also where time creeps backwards, so that no flow lasts longer.
            Emit(flow);
            flow.Continue(time, number);
        }

        flow.Add(packet, frame, time, isForward);
        _open.Touch(index, flow.Phase);
    }

    /// <summary>The capture has ended, and with it all flows, in the order in which they began.</summary>
    public void EndAll()
    {
        var indices = ArrayPool<long>.Shared.Rent(_open.Count);
        try
        {
            var count = _open.CopyInOrder(indices);
            for (var i = 0; i < count; i++)
            {
                End((int)indices[i]);
            }
        }
        finally
        {
            ArrayPool<long>.Shared.Return(indices);
        }
    }

    /// <summary>Gives the memory back. Open flows are forgotten.</summary>
    public void Dispose()
    {
        _fragments.Dispose();
        _open.Dispose();
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    // A connection that was closed and opened again is another one, and so is what comes after the silence that ends a flow. Time may run
    // backwards where captures were joined.
    private bool HasEnded(in PacketFlow flow, in Packet packet, long time)
    {
        var timeout = _timeouts[(int)flow.Links.Phase];
        return time - flow.Last > timeout || flow.Start - time > timeout
            || (flow.Links.Phase == PacketFlowPhase.Closed && packet.HasTcpHeader
                && (packet.TcpFlags & (TcpFlagLetters.Syn | TcpFlagLetters.Ack)) == TcpFlagLetters.Syn);
    }

    private int Open(in Packet packet, uint hash, long time, int number, out bool isForward)
    {
        if (_open.Count == options.MaxOpenFlows)
        {
            EndEarly();
        }

        var index = _open.Add(hash);
        ref var flow = ref _open[index];
        var (type, isAnswer) = FlowDirectionGuess.Of(packet);
        isForward = !isAnswer;
        flow.Source = isAnswer ? packet.Destination : packet.Source;
        flow.Destination = isAnswer ? packet.Source : packet.Destination;
        var swapsPorts = isAnswer && type < 0;
        flow.SourcePort = swapsPorts ? packet.DestinationPort : type >= 0 ? (ushort)type : packet.SourcePort;
        flow.DestinationPort = swapsPorts ? packet.SourcePort : packet.DestinationPort;
        flow.Protocol = packet.Protocol;
        flow.HasPorts = packet.HasPorts;
        flow.FirstPacket = number;
        flow.Start = flow.Last = time;
        if (isAnswer)
        {
            flow.Tcp.TurnRound();
        }

        return index;
    }

    private void EndEarly()
    {
        for (var phase = 0; phase < _timeouts.Length; phase++)
        {
            if (_open.OldestOf((PacketFlowPhase)phase) is var oldest and not OpenFlows.None)
            {
                End(oldest);
                target.Skip("flow ended early");
                return;
            }
        }
    }

    private void EndSilent(long time)
    {
        for (var phase = 0; phase < _timeouts.Length; phase++)
        {
            while (_open.OldestOf((PacketFlowPhase)phase) is var oldest and not OpenFlows.None && time - _open[oldest].Last > _timeouts[phase])
            {
                End(oldest);
            }
        }
    }

    private void End(int index)
    {
        Emit(_open[index]);
        _open.Remove(index);
    }

    private void Emit(in PacketFlow flow)
    {
        _draft.Clear();
        _draft.Start = flow.Start;
        _draft.Duration = flow.Last - flow.Start;
        _draft.Source = flow.Source;
        _draft.Destination = flow.Destination;
        _draft.SourcePort = flow.HasPorts ? flow.SourcePort : -1;
        _draft.DestinationPort = flow.HasPorts ? flow.DestinationPort : -1;
        _draft.Protocol = flow.Protocol;
        _draft.ForwardPackets = flow.ForwardPackets;
        _draft.ReversePackets = flow.ReversePackets;
        _draft.ForwardBytes = flow.ForwardBytes;
        _draft.ReverseBytes = flow.ReverseBytes;
        _draft.TcpFlags = flow.HasTcpFlags ? flow.TcpFlags : (short)-1;
        _draft.State = flow.State;
        _draft.Service = flow.HasPorts ? flow.Service.NameFor(flow.Protocol, flow.DestinationPort) : null;
        _draft.Accept(target, flow.FirstPacket);
    }
}
