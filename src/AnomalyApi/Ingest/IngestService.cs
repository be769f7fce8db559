using System.Diagnostics;
using System.IO.Pipelines;
using System.Text.Json;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Writing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Ingest;

/// <summary>
/// Reads batches from HTTP bodies, has them scored and stored, and answers. The answer exists before the commit, since it is stored with the
/// idempotency key, and leaves after it. Thread-safe.
/// </summary>
internal sealed class IngestService(
    FlowIntake intake,
    BatchAnswers answers,
    ServiceMetrics metrics,
    IOptions<IngestOptions> ingestOptions,
    IOptions<JsonOptions> jsonOptions) : IDisposable
{
    // Batches whose format was not found out count under this name.
    private const string UnknownFormat = "unknown";

    private readonly IngestOptions _options = ingestOptions.Value;
    private readonly FlowBudget _budget = new(ingestOptions.Value.MaxFlowsInProgress);
    private readonly SemaphoreSlim _slots = new(ingestOptions.Value.MaxConcurrentBatches);
    private readonly JsonSerializerOptions _json = jsonOptions.Value.SerializerOptions;

    /// <summary>Reads, scores and stores a batch.</summary>
    public Task<IResult> StoreAsync(BatchRequest request, Stream body, CancellationToken cancellationToken) =>
        GuardAsync(request, batch => StoreAsync(request, batch, cancellationToken), body, cancellationToken);

    /// <summary>Reads and scores a batch and stores nothing.</summary>
    public Task<IResult> ScoreOnlyAsync(BatchRequest request, Stream body, CancellationToken cancellationToken) =>
        GuardAsync(request, batch => Task.FromResult<IResult>(ScoreOnly(request, batch)), body, cancellationToken);

    public void Dispose() => _slots.Dispose();

    private async Task<IResult> GuardAsync(
        BatchRequest request, Func<ReadBatch, Task<IResult>> handle, Stream body, CancellationToken cancellationToken)
    {
        var format = request.Format?.Name ?? UnknownFormat;
        // Never wait for a slot: a sensor that waits holds its connection, and the flood grows.
        if (!await _slots.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            metrics.CountBatch(format, "overloaded", TimeSpan.Zero);
            return Problems.Overloaded($"{_options.MaxConcurrentBatches} batches are in progress (Ingest:MaxConcurrentBatches).", _options.RetryAfter);
        }

        var started = Stopwatch.GetTimestamp();
        var outcome = "failed";
        try
        {
            using var flows = FlowBatch.Rent();
            using var allowance = new FlowAllowance(_budget, _options.MaxFlowsPerBatch);
            var target = new FlowReadTarget(flows, request.Sensor, allowance.Admit) { ColumnMap = request.ColumnMap };
            var (batch, problem) = await ReadAsync(request, target, allowance, body, cancellationToken);
            format = batch?.Format ?? format;
            if (problem is not null && batch is not null)
            {
                metrics.CountFlows(format, 0, target.RejectedCount, 0, 0);
            }

            var result = problem ?? await handle(batch!);
            outcome = result switch { BatchResult => "ok", RetryLater => "overloaded", _ => "refused" };
            return result;
        }
        catch (Exception e) when (e is OperationCanceledException or BadHttpRequestException or ConnectionResetException)
        {
            // The sensor hung up, or sent more than it may: nothing for us to look at.
            outcome = "refused";
            throw;
        }
        catch (StorageUnavailableException)
        {
            outcome = "overloaded";
            throw;
        }
        finally
        {
            _slots.Release();
            metrics.CountBatch(format, outcome, Stopwatch.GetElapsedTime(started));
        }
    }

    // With a problem, the batch says what was read before it came to light; null when not even the format is known.
    private async Task<(ReadBatch? Batch, IResult? Problem)> ReadAsync(
        BatchRequest request, FlowReadTarget target, FlowAllowance allowance, Stream body, CancellationToken cancellationToken)
    {
        using var hashing = request.Key is null ? null : new HashingStream(body);
        var pipe = PipeReader.Create(hashing ?? body, new StreamPipeReaderOptions(bufferSize: 32 * 1024, leaveOpen: true));
        IFlowFormat? format = null;
        try
        {
            if (request.Format is not null)
            {
                format = request.Format;
                await format.ReadAsync(pipe, target, cancellationToken);
            }
            else
            {
                await using var recognized = await RecognizedBody.OpenAsync(pipe, _options.MaxBodyBytes, cancellationToken);
                format = request.ColumnMap is null ? recognized.Format : FlowFormatCatalog.FindByName(BatchRequest.MappedFormat);
                if (format is null)
                {
                    return (null, await IsEmptyAsync(recognized.Body, cancellationToken) ? Problems.EmptyBody() : Problems.UnknownFormat());
                }

                await format.ReadAsync(recognized.Body, target, cancellationToken);
            }
        }
        catch (FlowFormatException e)
        {
            return (null, Problems.UnreadableBody(e.Message));
        }
        catch (FlowLimitException e)
        {
            return (null, allowance.IsBudgetSpent ? Problems.Overloaded(e.Message, _options.RetryAfter) : Problems.TooManyFlows(e.Message));
        }
        catch (BodyTooLargeException e)
        {
            throw new BadHttpRequestException(e.Message, StatusCodes.Status413PayloadTooLarge, e);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException { Source: "System.IO.Compression.Brotli" })
        {
            // What the decompressors throw for damaged or truncated gzip and br; the one for br calls damage an invalid operation.
            return (null, Problems.UnreadableBody("The compressed body is damaged or cut short, and nothing of it was stored. Pack it again, or send it unpacked."));
        }
        finally
        {
            await pipe.CompleteAsync();
        }

        IResult? problem = target.ReceivedCount == 0 && target.Skipped.Count == 0 && !target.IsMeantEmpty ? Problems.EmptyBody()
            : target.RejectedCount > 0 && target.Batch.Count == 0 ? Problems.NothingAccepted(target.ReceivedCount, target.Rejections)
            : null;
        return (new ReadBatch(target, format.Name, hashing?.CurrentHash()), problem);
    }

    private static async ValueTask<bool> IsEmptyAsync(PipeReader body, CancellationToken cancellationToken)
    {
        var result = await body.ReadAsync(cancellationToken);
        body.AdvanceTo(result.Buffer.Start);
        return result.Buffer.IsEmpty;
    }

    private async Task<IResult> StoreAsync(BatchRequest request, ReadBatch batch, CancellationToken cancellationToken)
    {
        var result = await intake.StoreAsync(
            new IntakeBatch(batch.Target.Batch, batch.Format)
            {
                RejectedCount = batch.Target.RejectedCount,
                Key = request.Key is null ? null : new BatchKey(request.KeyScope, request.Key, batch.BodyHash!),
                Answer = made => JsonSerializer.SerializeToUtf8Bytes(answers.Answer(request, batch, made), _json),
            },
            cancellationToken);
        return result.Outcome switch
        {
            CommitOutcome.Committed => new BatchResult(result.Answer, result.Made.Scored.ModelVersion, IsReplay: false),
            CommitOutcome.Replayed => Replay(result.Commit.Answer),
            CommitOutcome.KeyReused => Problems.KeyReused(),
            CommitOutcome.QueueFull => Problems.Overloaded($"{_options.MaxQueuedFlows} flows wait for the database (Ingest:MaxQueuedFlows).", _options.RetryAfter),
            _ => Problems.StorageUnavailable(_options.RetryAfter),
        };
    }

    private BatchResult ScoreOnly(BatchRequest request, ReadBatch batch)
    {
        var flows = batch.Target.Batch;
        var scored = intake.Score(flows);
        metrics.CountScoredOnly(batch.Format, scored.ModelVersion is null ? 0 : flows.Count);
        return new BatchResult(
            JsonSerializer.SerializeToUtf8Bytes(answers.Answer(request, batch, new IntakeOutcome(flows, scored, BatchId: null, [])), _json),
            scored.ModelVersion,
            IsReplay: false);
    }

    private static BatchResult Replay(ReadOnlyMemory<byte> answer)
    {
        using var document = JsonDocument.Parse(answer);
        var version = document.RootElement.GetProperty("model_version");
        return new BatchResult(answer, version.ValueKind == JsonValueKind.Number ? version.GetInt32() : null, IsReplay: true);
    }
}
