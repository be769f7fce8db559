namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Puts flows into the batch.</summary>
internal static class ExportedFlowWriter
{
    /// <summary>Adds the flow.</summary>
    /// <exception cref="FlowLimitException">The target takes no more flows.</exception>
    public static void Write(in ExportedFlow flow, ExporterState exporter, FlowReadTarget target)
    {
        target.Admit();
        var batch = target.Batch;
        var row = batch.AddRow();
        batch.StartMicroseconds[row] = flow.Start;
        batch.DurationMicroseconds[row] = flow.Duration;
        batch.Source[row] = flow.Source;
        batch.Destination[row] = flow.Destination;
        batch.SourcePort[row] = flow.SourcePort;
        batch.DestinationPort[row] = flow.DestinationPort;
        batch.Protocol[row] = flow.Protocol;
        batch.ForwardPackets[row] = flow.ForwardPackets;
        batch.ReversePackets[row] = flow.ReversePackets;
        batch.ForwardBytes[row] = flow.ForwardBytes;
        batch.ReverseBytes[row] = flow.ReverseBytes;
        if (flow.Protocol == IpProtocols.Tcp)
        {
            batch.TcpFlags[row] = (short)(Math.Max(flow.ForwardFlags, (short)0) | Math.Max(flow.ReverseFlags, (short)0));
            if ((flow.ForwardFlags & flow.ReverseFlags) < 0)
            {
                batch.TcpFlags[row] = -1;
            }
        }

        batch.State[row] = FlowStates.Of(flow);
        batch.Sensor[row] = exporter.Sensor ?? target.DefaultSensor;
        batch.SamplingInterval[row] = flow.SamplingInterval;
        batch.Line[row] = flow.Line;
        exporter.Flows++;
    }
}
