using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Ingest;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Captures;

/// <summary>
/// One reading of a file. Every ten thousand flows are a batch with a key of its own, so that a reading that begins again after a crash stores nothing
/// twice: the batches it finds stored give their first answer. Not thread-safe, but for <see cref="Row"/>.
/// </summary>
/// <param name="row">The capture; its counts follow the reading.</param>
internal sealed class CaptureReading(CaptureRow row, FlowIntake intake, CaptureOptions options, TimeProvider time) : IDisposable
{
    private const int ChunkFlows = 10_000;
    private const int BufferBytes = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly FlowBatch _flows = FlowBatch.Rent(ChunkFlows);
    private readonly FlowBatch _chunk = FlowBatch.Rent(ChunkFlows);
    private int _chunks;
    private int _rejectedBefore;

    /// <summary>The capture and how far it is.</summary>
    public CaptureRow Row => row;

    /// <summary>Reads the file to its end and stores its flows.</summary>
    /// <exception cref="FlowFormatException">It is in no format that is known, or broken as a whole.</exception>
    /// <exception cref="BodyTooLargeException">Too much came out of gzip.</exception>
    /// <exception cref="InvalidDataException">The gzip is damaged.</exception>
    public async Task RunAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var pipe = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: BufferBytes));
        await using var body = await RecognizedBody.OpenAsync(pipe, options.MaxUnpackedBytes, cancellationToken);
        var format = body.Format ?? throw new FlowFormatException(
            $"Its first bytes fit none of: {string.Join(", ", FlowFormatCatalog.All.Select(known => known.Name))}.");
        row.Format = format.Name;
        var target = new FlowReadTarget(_flows, row.Sensor) { ColumnMap = row.ColumnMap };
        try
        {
            await format.ReadAsync(new PausingPipeReader(body.Body, StoreWhenFullAsync), target, cancellationToken);
        }
        finally
        {
            Report(target, file.Position);
            await pipe.CompleteAsync();
        }

        await StoreAsync(target, ChunkFlows, cancellationToken);
        await StoreAsync(target, 1, cancellationToken);

        async ValueTask StoreWhenFullAsync(CancellationToken token)
        {
            token.ThrowIfCancellationRequested();
            Report(target, file.Position);
            await StoreAsync(target, ChunkFlows, token);
        }
    }

    public void Dispose()
    {
        _flows.Dispose();
        _chunk.Dispose();
    }

    private void Report(FlowReadTarget target, long position)
    {
        row.BytesRead = position;
        row.Rejected = target.RejectedCount;
        row.Rejections = JsonSerializer.Serialize(target.Rejections);
        row.Skipped = JsonSerializer.Serialize(target.Skipped);
    }

    /// <summary>Stores whole chunks, and with a smaller least size what is left. The cuts depend on the file alone, as the keys do.</summary>
    private async Task StoreAsync(FlowReadTarget target, int least, CancellationToken cancellationToken)
    {
        if (_flows.Count < least)
        {
            return;
        }

        var stored = 0;
        while (_flows.Count - stored >= least)
        {
            var count = Math.Min(ChunkFlows, _flows.Count - stored);
            _chunk.Clear();
            _chunk.AddRange(_flows, stored, count);
            await StoreChunkAsync(target.RejectedCount, cancellationToken);
            stored += count;
        }

        _chunk.Clear();
        _chunk.AddRange(_flows, stored, _flows.Count - stored);
        _flows.Clear();
        _flows.AddRange(_chunk, 0, _chunk.Count);
    }

    private async Task StoreChunkAsync(int rejected, CancellationToken cancellationToken)
    {
        var name = $"{row.Id}:{(_chunks++).ToString(CultureInfo.InvariantCulture)}";
        var batch = new IntakeBatch(_chunk, row.Format!)
        {
            RejectedCount = rejected - _rejectedBefore,
            Key = new BatchKey("capture", name, SHA256.HashData(Encoding.UTF8.GetBytes($"{name}:{_chunk.Count}"))),
            Answer = made => JsonSerializer.SerializeToUtf8Bytes(new CaptureChunk(made.DuplicateRows.Count, made.Scored.Anomalies.Count)),
        };
        var answer = await StoreAsync(batch, cancellationToken);
        _rejectedBefore = rejected;
        var chunk = JsonSerializer.Deserialize<CaptureChunk>(answer.Span)!;
        row.Accepted += _chunk.Count;
        row.Duplicates += chunk.Duplicates;
        row.Anomalies += chunk.Anomalies;
    }

    /// <summary>Stores a batch, waiting for the database as long as it takes.</summary>
    private async Task<ReadOnlyMemory<byte>> StoreAsync(IntakeBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var result = await intake.StoreAsync(batch, cancellationToken);
                switch (result.Outcome)
                {
                    case CommitOutcome.Committed:
                        return result.Answer;
                    case CommitOutcome.Replayed:
                        return result.Commit.Answer;
                    case CommitOutcome.KeyReused:
                        throw new FlowFormatException("A reading before this one found other flows in the file; hand it in again.");
                }
            }
            catch (StorageUnavailableException)
            {
                // The file is safe, so it waits.
            }

            await Task.Delay(Patience, time, cancellationToken);
        }
    }
}
