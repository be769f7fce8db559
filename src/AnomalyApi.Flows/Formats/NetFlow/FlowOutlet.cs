namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Where records go once they are read: into the batch, by way of the pairing, or to what was refused and skipped.</summary>
internal sealed class FlowOutlet(NetFlowDecoderOptions options)
{
    private int _record;

    /// <summary>Joins the directions; null when they stay apart.</summary>
    public FlowPairing? Pairing { get; } = options.PairDirections ? new FlowPairing(options) : null;

    /// <summary>Gives the next record its number.</summary>
    public void CountRecord() => _record = _record == int.MaxValue ? 1 : _record + 1;

    /// <summary>Takes a flow that is complete but for its line.</summary>
    public void Emit(ref ExportedFlow flow, in ExportMessage message, FlowReadTarget target)
    {
        if (Pairing is { } pairing && FlowPairing.CanBePaired(flow) && (ulong)flow.Start < FlowTime.Latest)
        {
            flow.Line = _record;
            pairing.Add(ref flow, message.Domain, message.Received, target);
        }
        else
        {
            EmitUnpaired(ref flow, message, target);
        }
    }

    /// <summary>Takes a flow that is not to wait for its other direction.</summary>
    public void EmitUnpaired(ref ExportedFlow flow, in ExportMessage message, FlowReadTarget target)
    {
        flow.Line = _record;
        if ((ulong)flow.Start < FlowTime.Latest)
        {
            ExportedFlowWriter.Write(flow, message.Domain.Exporter, target);
        }
        else
        {
            Reject(message, 0, "its clock is not between the years 1970 and 2200.", target);
        }
    }

    /// <summary>Counts a record that is no flow.</summary>
    public static void Skip(in ExportMessage message, string kind, FlowReadTarget target)
    {
        message.Domain.Exporter.Skipped++;
        target.Skip(kind);
    }

    /// <summary>Refuses the record that was counted last.</summary>
    /// <param name="at">Where it stands in its datagram.</param>
    public void Reject(in ExportMessage message, int at, string reason, FlowReadTarget target)
    {
        message.Domain.Exporter.Rejected++;
        target.Reject(Math.Max(1, _record), $"Byte {message.Offset + at}: {reason}");
    }

    /// <summary>Refuses a datagram.</summary>
    public void RejectDatagram(string fault, FlowReadTarget target) => target.Reject(Math.Max(1, _record), fault);

    /// <summary>Refuses a set or a template.</summary>
    /// <param name="offset">Where it stands in its source.</param>
    public void RejectPart(long offset, string reason, FlowReadTarget target) => target.Reject(Math.Max(1, _record), $"Byte {offset}: {reason}");
}
