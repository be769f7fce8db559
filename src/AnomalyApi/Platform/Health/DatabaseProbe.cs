using AnomalyApi.Storage;

namespace AnomalyApi.Platform.Health;

/// <summary>Asks the database whether it is there, at most once a second whoever asks: the probe is open to everybody. Thread-safe.</summary>
internal sealed class DatabaseProbe(StorageDatabase database, StorageReadiness readiness, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private long _askedAt;
    private bool? _isThere;

    public async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        if (!readiness.IsReady)
        {
            return false;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_isThere is null || time.GetElapsedTime(_askedAt) > Freshness)
            {
                _isThere = await AskAsync();
                _askedAt = time.GetTimestamp();
            }

            return _isThere.Value;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<bool> AskAsync()
    {
        using var patience = new CancellationTokenSource(Timeout);
        try
        {
            await database.PingAsync(patience.Token);
            return true;
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }
}
