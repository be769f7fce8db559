namespace AnomalyApi.Scoring;

/// <summary>The model that scores now. Publishing is one write, so readers need no lock. Thread-safe.</summary>
internal sealed class ModelSlot
{
    private volatile LiveModel? _live;

    /// <summary>The live model, or null while the service is still learning. Take it once per batch and use it to the end.</summary>
    public LiveModel? Snapshot() => _live;

    public void Publish(LiveModel? next) => _live = next;
}
