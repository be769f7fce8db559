using System.Diagnostics;
using AnomalyApi.Cli.Sending;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Replay;

/// <summary>Sends the flows of files to a service, as native NDJSON, so that every format can be moved in time and every flow keeps its label.</summary>
internal sealed class ReplayRun(ReplayRequest request, TransferProgress progress, TimeProvider time)
{
    // With little traffic a request for each flow would be all there is; flows that are due within this time go together.
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);

    /// <summary>Reads all files once to see that they can be read, and then sends them one after the other.</summary>
    /// <exception cref="CommandException">A file cannot be read, or the service refuses what is sent.</exception>
    public async Task<IReadOnlyList<FileOutcome>> RunAsync(FlowSender sender, CancellationToken ct)
    {
        var surveys = new List<FlowFileSurvey>();
        foreach (var file in request.Files)
        {
            progress.Start($"reading {Path.GetFileName(file.Path)}");
            surveys.Add(await file.ReadAsync(request.Batch, _ => Task.CompletedTask, ct).ConfigureAwait(false));
        }

        var outcomes = new List<FileOutcome>();
        foreach (var (file, survey) in request.Files.Zip(surveys))
        {
            progress.Start($"sending {Path.GetFileName(file.Path)}");
            outcomes.Add(await SendAsync(file, survey, sender, ct).ConfigureAwait(false));
        }

        return outcomes;
    }

    private async Task<FileOutcome> SendAsync(FlowFile file, FlowFileSurvey survey, FlowSender sender, CancellationToken ct)
    {
        var begun = Stopwatch.GetTimestamp();
        var totals = new SendTotals();
        var clock = new ReplayClock(request.Speed, request.KeepsTime, survey, time);
        var body = new NdjsonBody();
        var sent = 0L;
        await file.ReadAsync(request.Batch, SendBatchAsync, ct).ConfigureAwait(false);
        await SendBodyAsync().ConfigureAwait(false);
        await sender.DrainAsync().ConfigureAwait(false);
        return new FileOutcome(file.Path, survey, totals, Stopwatch.GetElapsedTime(begun));

        async Task SendBatchAsync(FlowBatch flows)
        {
            for (var row = 0; row < flows.Count; row++)
            {
                var wait = clock.Until(flows.StartMicroseconds[row]);
                if (wait > TimeSpan.Zero)
                {
                    await SendBodyAsync().ConfigureAwait(false);
                    await Task.Delay(wait > Beat ? wait : Beat, time, ct).ConfigureAwait(false);
                }

                body.Add(flows.Record(row) with { Start = FlowTime.FromMicroseconds(clock.TimeOf(flows.StartMicroseconds[row])) });
                if (body.Count == request.Batch)
                    await SendBodyAsync().ConfigureAwait(false);
            }
        }

        async Task SendBodyAsync()
        {
            if (body.Count == 0)
                return;

            sent += body.Count;
            await sender.SendAsync(body.Take(), totals).ConfigureAwait(false);
            progress.Report(sent, survey.Flows);
        }
    }
}
