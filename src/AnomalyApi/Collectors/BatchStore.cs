using System.Threading.Channels;
using AnomalyApi.Ingest;
using AnomalyApi.Platform;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Writing;

namespace AnomalyApi.Collectors;

/// <summary>Scores and stores the batches of a collector, and tries again while the database is away: there is nobody to ask the exporter to.</summary>
internal sealed partial class BatchStore(FlowIntake intake, StorageReadiness readiness, TimeProvider time, ILogger<BatchStore> logger)
{
    public const string Format = "netflow";

    // Batches on their way besides those that wait: two, so that one is scored while the other is written.
    private const int Writers = 2;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // When it is full the decoder waits, the queue of datagrams fills up, and what finds no room there is counted.
    private readonly Channel<CollectedBatch> _batches = Channel.CreateBounded<CollectedBatch>(Writers);
    private long _stored;
    private long _duplicates;
    private long _dropped;

    /// <summary>Flows stored.</summary>
    public long Stored => Volatile.Read(ref _stored);

    /// <summary>Flows that another sensor had reported.</summary>
    public long Duplicates => Volatile.Read(ref _duplicates);

    /// <summary>Flows that were lost here: at the end, when the database stayed away, or by a defect.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Hands over a batch, whose flows will be disposed of; waits while others are before it.</summary>
    public ValueTask AddAsync(CollectedBatch batch) => _batches.Writer.WriteAsync(batch);

    /// <summary>No batch comes any more.</summary>
    public void Complete() => _batches.Writer.TryComplete();

    /// <summary>Stores until <see cref="Complete"/> was called and the last batch is done.</summary>
    /// <param name="stopping">From then on the database has ten seconds.</param>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => RunOneAsync(stopping)));

    private async Task RunOneAsync(CancellationToken stopping)
    {
        await foreach (var batch in _batches.Reader.ReadAllAsync(CancellationToken.None))
        {
            using (batch.Flows)
            {
                await StoreAsync(batch, stopping);
            }
        }
    }

    private async Task StoreAsync(CollectedBatch batch, CancellationToken stopping)
    {
        var pause = FirstPause;
        long? stoppedAt = null;
        while (true)
        {
            var reason = await TryStoreAsync(batch);
            if (reason is null)
            {
                return;
            }

            stoppedAt ??= stopping.IsCancellationRequested ? time.GetTimestamp() : null;
            if (stoppedAt is { } since && time.GetElapsedTime(since) > Patience)
            {
                Interlocked.Add(ref _dropped, batch.Flows.Count);
                LogDropped(batch.Flows.Count, reason);
                return;
            }

            if (pause == FirstPause)
            {
                LogWaiting(reason);
            }

            await Task.Delay(pause, time, CancellationToken.None);
            pause = stoppedAt is null ? TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)) : FirstPause * 2;
        }
    }

    /// <returns>Null when the batch is done with, else why it has to be tried again.</returns>
    private async Task<string?> TryStoreAsync(CollectedBatch batch)
    {
        if (!readiness.IsReady)
        {
            return "the database has not been opened yet";
        }

        try
        {
            var result = await intake.StoreAsync(new IntakeBatch(batch.Flows, Format) { RejectedCount = batch.Rejected }, CancellationToken.None);
            if (result.Outcome is CommitOutcome.QueueFull or CommitOutcome.Unavailable)
            {
                return result.Outcome == CommitOutcome.QueueFull ? "too many flows wait for the database" : "the database is away";
            }

            Interlocked.Add(ref _duplicates, result.Made.DuplicateRows.Count);
            Interlocked.Add(ref _stored, batch.Flows.Count - result.Made.DuplicateRows.Count);
            return null;
        }
        catch (StorageUnavailableException e)
        {
            return e.Message;
        }
        catch (Exception e)
        {
            // A defect must not stop the collector: the next batch may fare better.
            Interlocked.Add(ref _dropped, batch.Flows.Count);
            LogFailed(e, batch.Flows.Count);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "NetFlow collector: flows wait, and datagrams queue up: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "NetFlow collector: dropped {FlowCount} flows at the end: {Reason}")]
    private partial void LogDropped(int flowCount, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "NetFlow collector: dropped {FlowCount} flows that could not be stored")]
    private partial void LogFailed(Exception exception, int flowCount);
}
