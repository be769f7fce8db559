using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Outputs;

/// <summary>Where simulated flows go.</summary>
internal abstract class SimulateOutput : IAsyncDisposable
{
    /// <summary>Takes the flows of a batch; it may be used again afterwards.</summary>
    public abstract Task WriteAsync(FlowBatch flows, CancellationToken ct);

    /// <summary>Ends what was written, and waits until it has arrived.</summary>
    public abstract Task CompleteAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}
