using System.Diagnostics;
using System.IO.Pipelines;
using System.Text.Json;
using AnomalyApi.Anomalies;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Scoring;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Writing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Ingest;

/// <summary>
/// The life of a batch: read, score with one model version, store in one transaction, answer. The answer exists before the commit, since it is
/// stored with the idempotency key, and leaves after it. Thread-safe.
/// </summary>
internal sealed class IngestService(
    FlowWriter writer,
    BatchScorer scorer,
    BatchAnswers answers,
    LearningProgress learning,
    ServiceMetrics metrics,
    TimeProvider time,
    IOptions<IngestOptions> ingestOptions,
    IOptions<ScoringOptions> scoringOptions,
    IOptions<JsonOptions> jsonOptions) : IDisposable
{
    private readonly IngestOptions _options = ingestOptions.Value;
    private readonly FlowBudget _budget = new(ingestOptions.Value.MaxFlowsInProgress);
    private readonly SemaphoreSlim _slots = new(ingestOptions.Value.MaxConcurrentBatches);
    private readonly LocalNetworks _localNetworks = scoringOptions.Value.Networks();
    private readonly JsonSerializerOptions _json = jsonOptions.Value.SerializerOptions;

    /// <summary>Reads, scores and stores a batch.</summary>
    public Task<IResult> StoreAsync(BatchRequest request, Stream body, CancellationToken cancellationToken) =>
        GuardAsync(request, (flows, target, bodyHash) => StoreAsync(request, flows, target, bodyHash, cancellationToken), body, cancellationToken);

    /// <summary>Reads and scores a batch and stores nothing.</summary>
    public Task<IResult> ScoreOnlyAsync(BatchRequest request, Stream body, CancellationToken cancellationToken) =>
        GuardAsync(request, (flows, target, _) => Task.FromResult<IResult>(ScoreOnly(request, flows, target)), body, cancellationToken);

    public void Dispose() => _slots.Dispose();

    private async Task<IResult> GuardAsync(
        BatchRequest request, Func<FlowBatch, FlowReadTarget, byte[]?, Task<IResult>> handle, Stream body, CancellationToken cancellationToken)
    {
        // Never wait for a slot: a sensor that waits holds its connection, and the flood grows.
        if (!await _slots.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            metrics.CountBatch(request.Format.Name, "overloaded", TimeSpan.Zero);
            return Problems.Overloaded($"{_options.MaxConcurrentBatches} batches are in progress (Ingest:MaxConcurrentBatches).", _options.RetryAfter);
        }

        var started = Stopwatch.GetTimestamp();
        var outcome = "failed";
        try
        {
            using var flows = FlowBatch.Rent();
            using var allowance = new FlowAllowance(_budget, _options.MaxFlowsPerBatch);
            var (target, bodyHash, problem) = await ReadAsync(request, flows, allowance, body, cancellationToken);
            var result = problem ?? await handle(flows, target, bodyHash);
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
            metrics.CountBatch(request.Format.Name, outcome, Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task<(FlowReadTarget Target, byte[]? BodyHash, IResult? Problem)> ReadAsync(
        BatchRequest request, FlowBatch flows, FlowAllowance allowance, Stream body, CancellationToken cancellationToken)
    {
        var target = new FlowReadTarget(flows, request.Sensor, allowance.Admit);
        using var hashing = request.Key is null ? null : new HashingStream(body);
        var pipe = PipeReader.Create(hashing ?? body, new StreamPipeReaderOptions(bufferSize: 32 * 1024, leaveOpen: true));
        try
        {
            await request.Format.ReadAsync(pipe, target, cancellationToken);
        }
        catch (FlowFormatException e)
        {
            return (target, null, Problems.UnreadableBody(e.Message));
        }
        catch (FlowLimitException e)
        {
            return (target, null, allowance.IsBudgetSpent ? Problems.Overloaded(e.Message, _options.RetryAfter) : Problems.TooManyFlows(e.Message));
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException { Source: "System.IO.Compression.Brotli" })
        {
            // What the decompressors throw for damaged or truncated gzip and br; the one for br calls damage an invalid operation.
            return (target, null, Problems.UnreadableBody("The compressed body is damaged or cut short, and nothing of it was stored. Pack it again, or send it unpacked."));
        }
        finally
        {
            await pipe.CompleteAsync();
        }

        IResult? problem = target.ReceivedCount == 0 && !target.IsMeantEmpty ? Problems.EmptyBody()
            : target.RejectedCount > 0 && flows.Count == 0 ? Problems.NothingAccepted(target.ReceivedCount, target.Rejections)
            : null;
        if (problem is not null)
        {
            metrics.CountFlows(request.Format.Name, 0, target.RejectedCount, 0, 0);
        }

        _localNetworks.FillDirections(flows);
        flows.FillCommunityIds();
        return (target, hashing?.CurrentHash(), problem);
    }

    private async Task<IResult> StoreAsync(
        BatchRequest request, FlowBatch flows, FlowReadTarget target, byte[]? bodyHash, CancellationToken cancellationToken)
    {
        // Asked before the work of scoring, which a full queue would waste; the writer asks again.
        if (writer.QueuedFlows > _options.MaxQueuedFlows)
        {
            return QueueFull();
        }

        var scored = scorer.Score(flows);
        var firstFlowId = await writer.ReserveIdsAsync(IdSequence.Flow, flows.Count, cancellationToken);
        if (scored.Anomalies.Count > 0)
        {
            var firstAnomalyId = await writer.ReserveIdsAsync(IdSequence.Anomaly, scored.Anomalies.Count, cancellationToken);
            scored = scored with { Anomalies = AnomalyFinder.WithIds(scored.Anomalies, firstAnomalyId) };
        }

        var batchId = $"b{firstFlowId:x}";
        var answer = JsonSerializer.SerializeToUtf8Bytes(answers.Stored(request, target, scored, batchId), _json);
        // A sensor that hangs up withdraws a batch that still waits; once its transaction has begun the outcome is awaited all the same.
        var commit = await writer.CommitAsync(
            new BatchToStore
            {
                Flows = flows,
                FirstFlowId = firstFlowId,
                ReceivedAt = time.GetUtcNow().UtcDateTime,
                ModelVersion = scored.ModelVersion,
                Anomalies = scored.Anomalies,
                RejectedCount = target.RejectedCount,
                Key = request.Key is null ? null : new BatchKey(request.KeyScope, request.Key, bodyHash!),
                Answer = request.Key is null ? default : answer,
                BatchId = batchId,
            },
            cancellationToken);
        if (commit.Outcome == CommitOutcome.Committed)
        {
            learning.Add(flows.Count);
            metrics.CountFlows(
                request.Format.Name, flows.Count, target.RejectedCount, scored.ModelVersion is null ? 0 : flows.Count, scored.Anomalies.Count);
        }

        return commit.Outcome switch
        {
            CommitOutcome.Committed => new BatchResult(answer, scored.ModelVersion, IsReplay: false),
            CommitOutcome.Replayed => Replay(commit.Answer),
            CommitOutcome.KeyReused => Problems.KeyReused(),
            CommitOutcome.QueueFull => QueueFull(),
            _ => Problems.StorageUnavailable(_options.RetryAfter),
        };
    }

    private BatchResult ScoreOnly(BatchRequest request, FlowBatch flows, FlowReadTarget target)
    {
        var scored = scorer.Score(flows);
        metrics.CountScoredOnly(request.Format.Name, scored.ModelVersion is null ? 0 : flows.Count);
        return new BatchResult(
            JsonSerializer.SerializeToUtf8Bytes(answers.ScoredOnly(request, target, scored), _json), scored.ModelVersion, IsReplay: false);
    }

    private static BatchResult Replay(ReadOnlyMemory<byte> answer)
    {
        using var document = JsonDocument.Parse(answer);
        var version = document.RootElement.GetProperty("model_version");
        return new BatchResult(answer, version.ValueKind == JsonValueKind.Number ? version.GetInt32() : null, IsReplay: true);
    }

    private IResult QueueFull() =>
        Problems.Overloaded($"{_options.MaxQueuedFlows} flows wait for the database (Ingest:MaxQueuedFlows).", _options.RetryAfter);
}
