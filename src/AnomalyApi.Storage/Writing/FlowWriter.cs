using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyApi.Storage.Writing;

/// <summary>
/// Stores batches. Batches that wait at the same time share one transaction (group commit), so that many small requests cost few
/// writes to disk, and each is told only when its rows are durable.
/// </summary>
/// <remarks>Thread-safe. Disposing stores what was accepted and then stops.</remarks>
public sealed partial class FlowWriter : IAsyncDisposable
{
    private const int ConflictAttempts = 5;

    private readonly StorageDatabase _database;
    private readonly IGroupWriter _groups;
    private readonly IdBlocks _flowIds;
    private readonly IdBlocks _anomalyIds;
    private readonly ILogger _log;
    private readonly Channel<PendingBatch> _queue = Channel.CreateUnbounded<PendingBatch>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _loop;
    private long _queuedFlows;
    private long _groupsCommitted;
    private volatile bool _isAvailable = true;

    /// <summary>Starts the writer.</summary>
    public FlowWriter(StorageDatabase database, ILogger<FlowWriter>? log = null)
    {
        _database = database;
        _log = log ?? NullLogger<FlowWriter>.Instance;
        _groups = database.CreateGroupWriter(Guid.NewGuid().ToString("N"));
        _flowIds = new IdBlocks(database, "flow");
        _anomalyIds = new IdBlocks(database, "anomaly");
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Flows accepted and not yet stored.</summary>
    public long QueuedFlows => Interlocked.Read(ref _queuedFlows);

    /// <summary>Transactions committed since the start.</summary>
    public long GroupsCommitted => Interlocked.Read(ref _groupsCommitted);

    /// <summary>Whether the last transaction found the database there.</summary>
    public bool IsAvailable => _isAvailable;

    /// <summary>Reserves <paramref name="count"/> ids in a row and returns the first. No other process gets them; unused ones are lost.</summary>
    /// <exception cref="StorageUnavailableException">The database is away.</exception>
    public ValueTask<long> ReserveIdsAsync(IdSequence sequence, int count, CancellationToken cancellationToken) =>
        (sequence == IdSequence.Flow ? _flowIds : _anomalyIds).TakeAsync(count, cancellationToken);

    /// <summary>Stores <paramref name="batch"/> and answers when it is durable, or when it is certain that it was not taken.</summary>
    /// <remarks>
    /// The task completes only when the writer no longer uses the batch. Cancelling withdraws a batch that still waits; once its transaction
    /// has begun the outcome is awaited and returned all the same. An error that the data itself causes faults the task of this batch alone.
    /// </remarks>
    /// <exception cref="ArgumentException">The batch contradicts itself.</exception>
    public async Task<CommitResult> CommitAsync(BatchToStore batch, CancellationToken cancellationToken)
    {
        Check(batch);
        cancellationToken.ThrowIfCancellationRequested();
        var weight = Math.Max(1, batch.Flows.Count);
        if (Interlocked.Add(ref _queuedFlows, weight) is var queued && queued > _database.Options.MaxQueuedFlows && queued > weight)
        {
            // A batch above the bound on its own passes when nothing else waits; otherwise it could never be stored.
            Interlocked.Add(ref _queuedFlows, -weight);
            return CommitResult.QueueFull;
        }

        PendingBatch pending;
        try
        {
            pending = new PendingBatch(batch, _groups.Encode(batch));
        }
        catch
        {
            Interlocked.Add(ref _queuedFlows, -weight);
            throw;
        }

        if (!_queue.Writer.TryWrite(pending))
        {
            Release(pending);
            return CommitResult.Unavailable;
        }

        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var waiting = (PendingBatch)state!;
                if (waiting.TryWithdraw())
                {
                    waiting.Fail(new OperationCanceledException(token));
                }
            },
            pending);
        return await pending.Completion;
    }

    /// <summary>Stores what was accepted, then stops. Later commits are answered as unavailable.</summary>
    public async Task StopAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _groups.DisposeAsync();
        _flowIds.Dispose();
        _anomalyIds.Dispose();
    }

    private static void Check(BatchToStore batch)
    {
        if (batch.ReceivedAt.Kind != DateTimeKind.Utc)
        {
            throw new ArgumentException("ReceivedAt is not UTC.", nameof(batch));
        }

        if (batch.Key is { } key && key.BodyHash.Length != 32)
        {
            throw new ArgumentException("BodyHash is not 32 bytes long.", nameof(batch));
        }

        if (batch.Anomalies.Count > 0 && batch.ModelVersion is null)
        {
            throw new ArgumentException("There are anomalies, but no model that found them.", nameof(batch));
        }

        foreach (var anomaly in batch.Anomalies)
        {
            if ((uint)anomaly.Row >= (uint)batch.Flows.Count)
            {
                throw new ArgumentException($"Anomaly {anomaly.Id} names row {anomaly.Row} of {batch.Flows.Count}.", nameof(batch));
            }
        }
    }

    private async Task RunAsync()
    {
        var group = new List<PendingBatch>();
        var later = new Queue<PendingBatch>();
        var keys = new HashSet<(string, string)>();
        while (later.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            Collect(group, later, keys);
            if (group.Count > 0)
            {
                await StoreAsync(group);
                group.Clear();
            }
        }
    }

    // Takes all that waits, up to the bound. A key that is in the group already waits for the next one, where the database knows it.
    private void Collect(List<PendingBatch> group, Queue<PendingBatch> later, HashSet<(string, string)> keys)
    {
        keys.Clear();
        long flows = 0;
        for (var postponed = later.Count; postponed > 0 && flows < _database.Options.MaxGroupFlows; postponed--)
        {
            Add(later.Dequeue());
        }

        while (flows < _database.Options.MaxGroupFlows && _queue.Reader.TryRead(out var pending))
        {
            if (pending.TryTake())
            {
                Add(pending);
            }
            else
            {
                Release(pending);
            }
        }

        void Add(PendingBatch pending)
        {
            if (pending.Batch.Key is { } key && !keys.Add((key.Scope, key.Key)))
            {
                later.Enqueue(pending);
                return;
            }

            group.Add(pending);
            flows += pending.Weight;
        }
    }

    private async Task StoreAsync(IReadOnlyList<PendingBatch> group)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _groups.WriteAsync(group, CancellationToken.None);
                Interlocked.Increment(ref _groupsCommitted);
                SetAvailable(true, null);
                foreach (var pending in group)
                {
                    Finish(pending, pending.Result!);
                }

                return;
            }
#pragma warning disable CA1031 // Whatever happened, every sender must hear of it, and the loop must live on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                var fault = _database.IsUnavailable(e) ? StorageFault.Unavailable : _database.Classify(e);
                if (fault is StorageFault.Conflict or StorageFault.NoPartition && attempt < ConflictAttempts)
                {
                    continue;
                }

                await FailAsync(group, fault, e);
                return;
            }
        }
    }

    private async Task FailAsync(IReadOnlyList<PendingBatch> group, StorageFault fault, Exception exception)
    {
        if (fault is StorageFault.Unavailable or StorageFault.Conflict)
        {
            SetAvailable(fault != StorageFault.Unavailable, exception);
            foreach (var pending in group)
            {
                Finish(pending, CommitResult.Unavailable);
            }

            return;
        }

        if (group.Count == 1)
        {
            LogRefused(exception, group[0].Batch.BatchId);
            Release(group[0]);
            group[0].Fail(exception);
            return;
        }

        // One of them holds what the server refuses: each goes alone, so that only that one fails.
        foreach (var pending in group)
        {
            await StoreAsync([pending]);
        }
    }

    private void SetAvailable(bool available, Exception? exception)
    {
        if (available == _isAvailable)
        {
            return;
        }

        _isAvailable = available;
        if (available)
        {
            LogBack();
        }
        else
        {
            LogAway(exception);
        }
    }

    private void Finish(PendingBatch pending, CommitResult result)
    {
        Release(pending);
        pending.Complete(result);
    }

    private void Release(PendingBatch pending)
    {
        pending.Encoded?.Dispose();
        Interlocked.Add(ref _queuedFlows, -pending.Weight);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away; batches are refused until it is back")]
    private partial void LogAway(Exception? exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database is back; batches are stored again")]
    private partial void LogBack();

    [LoggerMessage(Level = LogLevel.Error, Message = "The database refused the data of batch {BatchId}; it is not stored")]
    private partial void LogRefused(Exception exception, string batchId);
}
