using AnomalyApi.Platform;
using AnomalyApi.Training;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Models;

/// <summary>Picks up what other processes made live. While the database is away the live model stays.</summary>
internal sealed class ModelWatcher(ModelActivator activator, IOptions<TrainingOptions> options, PeriodicContext context)
    : PeriodicWork(context, options.Value.PollInterval)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => activator.RefreshAsync(cancellationToken);
}
