using Microsoft.Extensions.ObjectPool;

namespace AnomalyApi.Scoring;

/// <summary>
/// Scoring engines, reused between batches. Each live model has a pool of its own, so an engine of an older model can never be taken out again:
/// after a swap no stale answer is possible. Thread-safe.
/// </summary>
internal sealed class ScoringEnginePool(ModelSlot slot)
{
    /// <summary>Engines that once scored a larger batch are let go, so that one giant does not hold its memory for ever.</summary>
    private const int MaxRetainedRows = 65_536;

    /// <summary>Engines kept for the next batches; more than this may be in use at once.</summary>
    private static readonly int Retained = Environment.ProcessorCount * 4;

    private volatile Generation? _generation;

    /// <summary>An engine of the live model, or null while there is none.</summary>
    public ScoringEngine? Rent()
    {
        if (slot.Snapshot() is not { } live)
        {
            return null;
        }

        var generation = _generation;
        if (generation is null || !ReferenceEquals(generation.Live, live))
        {
            // Two batches may race here after a swap; the loser's pool is simply forgotten.
            _generation = generation = new Generation(live);
        }

        return generation.Engines.Get();
    }

    /// <summary>Takes an engine back, or lets it go when its model is no longer live.</summary>
    public void Return(ScoringEngine engine)
    {
        if (_generation is { } generation && ReferenceEquals(generation.Live, engine.Live))
        {
            generation.Engines.Return(engine);
        }
    }

    private sealed class Generation(LiveModel live)
    {
        public LiveModel Live { get; } = live;

        public ObjectPool<ScoringEngine> Engines { get; } = new DefaultObjectPool<ScoringEngine>(new Policy(live), Retained);
    }

    private sealed class Policy(LiveModel live) : PooledObjectPolicy<ScoringEngine>
    {
        public override ScoringEngine Create() => new(live);

        public override bool Return(ScoringEngine obj) => obj.BufferedRows <= MaxRetainedRows;
    }
}
