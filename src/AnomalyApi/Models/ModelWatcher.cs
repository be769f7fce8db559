using AnomalyApi.Platform;
using AnomalyApi.Storage;
using AnomalyApi.Training;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Models;

/// <summary>Picks up what other processes made live.</summary>
internal sealed partial class ModelWatcher(
    ModelActivator activator, StorageReadiness readiness, StorageDatabase database, IOptions<TrainingOptions> options, TimeProvider time,
    ILogger<ModelWatcher> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.PollInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await activator.RefreshAsync(stoppingToken);
            }
            catch (Exception e) when (database.IsUnavailable(e))
            {
                LogKept(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry could not be read, the live model stays: {Reason}")]
    private partial void LogKept(string reason);
}
