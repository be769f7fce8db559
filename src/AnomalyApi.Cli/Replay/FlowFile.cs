using System.IO.Pipelines;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Cli.Replay;

/// <summary>A file of flows in any format the service reads, plain or gzipped.</summary>
/// <param name="path">Where it is.</param>
/// <param name="format">What it is; null when its first bytes tell.</param>
/// <param name="sensor">Sensor of flows that do not name one.</param>
/// <param name="columnMap">Which column of a CSV file holds what; null when its header tells.</param>
internal sealed class FlowFile(string path, IFlowFormat? format, string? sensor, string? columnMap)
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>Path as it was given.</summary>
    public string Path => path;

    /// <summary>Reads the file to its end.</summary>
    /// <param name="batchFlows">Flows to gather before they are handed over; a few more may come at once.</param>
    /// <param name="take">Takes flows, in the order of the file; the batch is emptied afterwards.</param>
    /// <exception cref="CommandException">There is no such file, it cannot be read, or it is in no format that is known.</exception>
    public async Task<FlowFileSurvey> ReadAsync(int batchFlows, Func<FlowBatch, Task> take, CancellationToken ct)
    {
        try
        {
            if (!File.Exists(path))
                throw new CommandException($"There is no file '{path}'.");

            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await using (stream.ConfigureAwait(false))
                return await ReadAsync(stream, batchFlows, take, ct).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException or FlowFormatException or BodyTooLargeException)
        {
            throw new CommandException($"'{path}' cannot be read: {fault.Message}", fault);
        }
    }

    private async Task<FlowFileSurvey> ReadAsync(FileStream stream, int batchFlows, Func<FlowBatch, Task> take, CancellationToken ct)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));
        var body = await RecognizedBody.OpenAsync(pipe, long.MaxValue, ct).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var reader = format ?? body.Format ?? throw new CommandException(
                $"'{path}' is in no format that is known: its first bytes fit none of {FlowFormatCatalog.Names}. Name it with --content-type.");
            using var flows = FlowBatch.Rent(batchFlows);
            var (count, first, last) = (0L, long.MaxValue, long.MinValue);
            var target = new FlowReadTarget(flows, sensor) { ColumnMap = columnMap };
            await reader.ReadAsync(new PausingPipeReader(body.Body, async token => await HandOverAsync(batchFlows, token).ConfigureAwait(false)), target, ct).ConfigureAwait(false);
            await HandOverAsync(1, ct).ConfigureAwait(false);
            return new FlowFileSurvey(
                reader.Name, count, target.RejectedCount, target.Rejections.Count > 0 ? target.Rejections[0].Reason : null,
                target.Skipped.Values.Sum(kind => (long)kind), first, last);

            async Task HandOverAsync(int least, CancellationToken token)
            {
                token.ThrowIfCancellationRequested();
                if (flows.Count < least)
                    return;

                foreach (var start in flows.StartMicroseconds)
                    (first, last) = (Math.Min(first, start), Math.Max(last, start));

                count += flows.Count;
                await take(flows).ConfigureAwait(false);
                flows.Clear();
            }
        }
    }
}
