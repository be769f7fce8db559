namespace AnomalyApi.Storage.Writing;

/// <summary>Hands out ids of one sequence from blocks taken from the database.</summary>
internal sealed class IdBlocks(StorageDatabase database, string sequence) : IDisposable
{
    /// <summary>At 1,000 flows a batch one write to disk serves 65 batches; what a restart loses of a 63-bit space does not matter.</summary>
    public const int BlockSize = 65_536;

    private const long FailureLastsMilliseconds = 500;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private StorageUnavailableException? _failure;
    private long _failedAt;
    private long _next;
    private long _end;

    public async ValueTask<long> TakeAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_end - _next < count)
            {
                var size = Math.Max(BlockSize, count);
                var first = await TakeBlockAsync(size, cancellationToken);
                if (first != _end)
                {
                    _next = first;
                }

                _end = first + size;
            }

            var result = _next;
            _next += count;
            return result;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<long> TakeBlockAsync(int size, CancellationToken cancellationToken)
    {
        // Whoever waited behind a call that timed out must not wait as long again, one after another.
        if (_failure is not null && Environment.TickCount64 - _failedAt < FailureLastsMilliseconds)
        {
            throw new StorageUnavailableException(_failure.Message, _failure);
        }

        try
        {
            return await database.TakeIdsAsync(sequence, size, cancellationToken);
        }
        catch (Exception e) when (database.IsUnavailable(e))
        {
            _failedAt = Environment.TickCount64;
            throw _failure = new StorageUnavailableException("The database does not answer.", e);
        }
    }
}
