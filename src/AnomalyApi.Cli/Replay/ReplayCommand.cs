using System.CommandLine;
using AnomalyApi.Cli.Sending;

namespace AnomalyApi.Cli.Replay;

/// <summary><c>anomaly replay</c>: sends files of flows to a service.</summary>
internal sealed class ReplayCommand : Command
{
    public ReplayCommand(Terminal terminal)
        : base("replay", "Sends files of flows, in any format the service reads, to a service as if they happened now.")
    {
        var arguments = new ReplayArguments();
        arguments.AddTo(this);
        SetAction((parsed, ct) => RunAsync(arguments.Read(parsed), terminal, ct));
    }

    private static async Task<int> RunAsync(ReplayRequest request, Terminal terminal, CancellationToken ct)
    {
        IReadOnlyList<FileOutcome> files = [];
        var sender = new FlowSender(new FlowService(request.To, request.Key), request.Connections, ct);
        await using (sender.ConfigureAwait(false))
        {
            await TransferProgress.WatchAsync(
                terminal, "reading", async progress => files = await new ReplayRun(request, progress, TimeProvider.System).RunAsync(sender, ct).ConfigureAwait(false)).ConfigureAwait(false);
        }

        foreach (var file in files)
            await TellAsync(file, terminal).ConfigureAwait(false);

        terminal.Write(ReplayTable.Of(files, terminal.Width));
        if (files.Any(file => file.Totals.IsScored) && SendTotals.ByLabelOf([.. files.Select(file => file.Totals)]) is { Count: > 0 } labels)
            terminal.Write(TransferTable.OfLabels(labels));

        return AnomalyCommand.Succeeded;
    }

    private static async Task TellAsync(FileOutcome file, Terminal terminal)
    {
        if (file.File.Reason is { } bad)
            await terminal.Error.WriteLineAsync($"note: {file.Path}: {file.File.Rejected} records were not understood, the first because: {bad}").ConfigureAwait(false);

        if (file.Totals.Reason is { } rejected)
            await terminal.Error.WriteLineAsync($"note: {file.Path}: the service rejected {file.Totals.Rejected} flows, the first because: {rejected}").ConfigureAwait(false);

        if (file.File.Flows > 0 && !file.Totals.IsScored)
            await terminal.Error.WriteLineAsync($"note: {file.Path}: nothing was scored; the service has no model yet.").ConfigureAwait(false);
    }
}
