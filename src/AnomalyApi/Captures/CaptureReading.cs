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
/// twice: the batches it finds stored give their first answer. Not thread-safe, but for <see cref="Progress"/>.
/// </summary>
internal sealed class CaptureReading(CaptureRow capture, FlowIntake intake, CaptureOptions options, TimeProvider time) : IDisposable
{
    private const int ChunkFlows = 10_000;
    private const int BufferBytes = 64 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private readonly FlowBatch _flows = FlowBatch.Rent(ChunkFlows);
    private readonly FlowBatch _chunk = FlowBatch.Rent(ChunkFlows);
    private readonly CaptureRow _capture = capture;
    private volatile CaptureRow _progress = capture;
    private long _progressAt;
    private string _format = "";
    private int _chunks;
    private int _rejectedBefore;
    private long _accepted;
    private long _duplicates;
    private long _anomalies;

    /// <summary>How far it was a moment ago: a copy that does not change. Thread-safe.</summary>
    public CaptureRow Progress => _progress;

    /// <summary>Reads the file to its end and stores its flows. What was read before a fault is stored, too.</summary>
    /// <exception cref="FlowFormatException">It is in no format that is known, or broken as a whole.</exception>
    /// <exception cref="BodyTooLargeException">Too much came out of gzip.</exception>
    /// <exception cref="InvalidDataException">The gzip is damaged.</exception>
    public async Task RunAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var pipe = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: BufferBytes));
        await using var body = await RecognizedBody.OpenAsync(pipe, options.MaxUnpackedBytes, cancellationToken);
        var format = FormatOf(body, file.Length);
        _format = format.Name;
        var target = new FlowReadTarget(_flows, _capture.Sensor) { ColumnMap = _capture.ColumnMap };
        var whole = new DamageTolerantPipeReader(body.Body);
        Exception? fault = null;
        try
        {
            await format.ReadAsync(new PausingPipeReader(whole, StoreWhenFullAsync), target, cancellationToken);
        }
        catch (FlowFormatException e)
        {
            fault = e;
        }

        await StoreAsync(target, ChunkFlows, cancellationToken);
        await StoreAsync(target, 1, cancellationToken);
        Report(target, file.Position);
        await pipe.CompleteAsync();
        if ((whole.Damage ?? fault) is { } reason)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(reason);
        }

        async ValueTask StoreWhenFullAsync(CancellationToken token)
        {
            token.ThrowIfCancellationRequested();
            if (time.GetElapsedTime(_progressAt) > ProgressInterval)
            {
                Report(target, file.Position);
            }

            await StoreAsync(target, ChunkFlows, token);
        }
    }

    public void Dispose()
    {
        _flows.Dispose();
        _chunk.Dispose();
    }

    // What the sender said stands above what the first bytes say: exports in a packet capture are one as well, and a map is for columns.
    private IFlowFormat FormatOf(RecognizedBody body, long bytes)
    {
        if (bytes == 0)
        {
            throw new FlowFormatException("The file is empty.");
        }

        return FlowFormatCatalog.FindByName(_capture.Format) ?? body.Format
            ?? throw new FlowFormatException($"Its first bytes fit none of: {FlowFormatCatalog.Names}. Say which it is with ?format=; of packed files only gzip is read.");
    }

    private void Report(FlowReadTarget target, long position)
    {
        _progressAt = time.GetTimestamp();
        _progress = new CaptureRow
        {
            Id = _capture.Id,
            Spool = _capture.Spool,
            FileName = _capture.FileName,
            Bytes = _capture.Bytes,
            Format = _format,
            BytesRead = position,
            Accepted = _accepted,
            Duplicates = _duplicates,
            Rejected = target.RejectedCount,
            Anomalies = _anomalies,
            Rejections = JsonSerializer.Serialize(target.Rejections),
            Skipped = JsonSerializer.Serialize(target.Skipped),
        };
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
        var name = $"{_capture.Id}:{(_chunks++).ToString(CultureInfo.InvariantCulture)}";
        var batch = new IntakeBatch(_chunk, _format)
        {
            RejectedCount = rejected - _rejectedBefore,
            Key = new BatchKey(BatchKey.CaptureScope, name, SHA256.HashData(Encoding.UTF8.GetBytes($"{name}:{_chunk.Count}"))),
            Answer = made => JsonSerializer.SerializeToUtf8Bytes(new CaptureChunk(made.DuplicateRows.Count, made.Scored.Anomalies.Count)),
        };
        var answer = await StoreAsync(batch, cancellationToken);
        _rejectedBefore = rejected;
        var chunk = JsonSerializer.Deserialize<CaptureChunk>(answer.Span)!;
        _accepted += _chunk.Count;
        _duplicates += chunk.Duplicates;
        _anomalies += chunk.Anomalies;
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
