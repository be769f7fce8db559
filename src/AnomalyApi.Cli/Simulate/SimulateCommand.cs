using System.CommandLine;
using AnomalyApi.Cli.Sending;
using AnomalyApi.Cli.Simulate.Outputs;
using AnomalyApi.Cli.Simulate.Writers;

namespace AnomalyApi.Cli.Simulate;

/// <summary><c>anomaly simulate</c>: makes up office traffic with attacks in it.</summary>
internal sealed class SimulateCommand : Command
{
    public SimulateCommand(Terminal terminal)
        : base("simulate", "Makes up office traffic with labelled attacks in it, for a file, a pipe or a service.")
    {
        var arguments = new SimulateArguments();
        arguments.AddTo(this);
        SetAction((parsed, ct) => RunAsync(arguments.Read(parsed), terminal, ct));
    }

    private static async Task<int> RunAsync(SimulateRequest request, Terminal terminal, CancellationToken ct)
    {
        var writer = FlowWriterCatalog.All.First(format => format.Name == request.Format).Create();
        var totals = new SendTotals();
        var run = new SimulateRun(request, TimeProvider.System);
        var output = Open(request, terminal, writer, totals, ct);
        await using (output.ConfigureAwait(false))
        {
            try
            {
                await TransferProgress.WatchAsync(terminal, "simulating", progress => run.RunAsync(output, () => progress.Report(run.Made, run.Expected), ct)).ConfigureAwait(false);
            }
            catch (IOException) when (request is { To: null, Out: "-" })
            {
                // Whoever read the pipe has seen enough.
                return AnomalyCommand.Succeeded;
            }
            catch (IOException fault)
            {
                throw new CommandException($"--out '{request.Out}': {fault.Message}", fault);
            }
        }

        if (writer.LeftOut is { } leftOut)
            await terminal.Error.WriteLineAsync($"note: {leftOut}").ConfigureAwait(false);

        if (request.To is { } to && !ServiceAddress.IsUdp(to))
            Tell(terminal, totals);

        return AnomalyCommand.Succeeded;
    }

    private static SimulateOutput Open(SimulateRequest request, Terminal terminal, FlowWriter writer, SendTotals totals, CancellationToken ct)
    {
        if (request.To is { } to)
        {
            if (!ServiceAddress.IsUdp(to))
                return new ServiceOutput(new FlowSender(new FlowService(ServiceAddress.OfFlows(to), request.Key), request.Connections, ct), writer, totals, request.Batch);

            var (host, port) = ServiceAddress.OfCollector(to);
            return new CollectorOutput(host, port, writer);
        }

        if (request.Out == "-")
            return new StreamOutput(terminal.OpenOutput(), writer);

        try
        {
            return new StreamOutput(File.Create(request.Out), writer);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandException($"--out '{request.Out}' cannot be written: {fault.Message}", fault);
        }
    }

    private static void Tell(Terminal terminal, SendTotals totals)
    {
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"{totals.Accepted} flows accepted, {totals.Rejected} rejected, {totals.Anomalies} anomalies ({TransferTable.Severities(totals)}), {totals.Retries} retries"));
        if (totals.Reason is { } reason)
            terminal.Error.WriteLine($"note: the first record that was rejected: {reason}");

        if (!totals.IsScored)
            terminal.Error.WriteLine("note: nothing was scored; the service has no model yet.");
        else if (totals.ByLabel.Count > 0)
            terminal.Write(TransferTable.OfLabels(totals.ByLabel));
    }
}
