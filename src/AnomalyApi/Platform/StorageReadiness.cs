namespace AnomalyApi.Platform;

/// <summary>Says when the database is migrated and what the service needs of it was read. Thread-safe.</summary>
internal sealed class StorageReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    public void SetReady() => _ready.TrySetResult();
}
