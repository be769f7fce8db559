using System.Data.Common;
using AnomalyApi.Ingest;
using AnomalyApi.Models;
using AnomalyApi.Platform.Configuration;
using AnomalyApi.Security;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Training;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Platform;

/// <summary>
/// Brings the database to this version's shape and reads what the service needs of it, before the first request when the database is there. When it
/// is away the service starts all the same, answers 503, and goes on trying.
/// </summary>
internal sealed partial class StorageStartup(
    StorageMigrator migrator,
    StorageDatabase database,
    StorageReadiness readiness,
    ApiKeyDirectory keys,
    FirstAdminKey firstKey,
    ModelActivator activator,
    ScheduleService schedules,
    FlowStore flows,
    LearningProgress learning,
    IOptions<TrainingOptions> training,
    ILogger<StorageStartup> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryOpenAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!readiness.IsReady)
        {
            await Task.Delay(Pause, stoppingToken);
            await TryOpenAsync(stoppingToken);
        }
    }

    private async Task TryOpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await migrator.MigrateAsync(cancellationToken);
            await keys.RefreshAsync(cancellationToken);
            await firstKey.EnsureAsync(cancellationToken);
            await schedules.EnsureDefaultAsync(cancellationToken);
            await activator.RefreshAsync(cancellationToken);
            learning.Restore(await flows.CountAsync(training.Value.FirstTrainingFlows, cancellationToken));
            readiness.SetReady();
            LogReady(database.ProviderName);
        }
        catch (Exception e) when (database.IsUnavailable(e))
        {
            LogAway(database.ProviderName, e.Message);
        }
        catch (DbException e)
        {
            // It answers and says no: waiting would not help, only another setting or right does.
            throw new ConfigurationException($"Storage: {e.Message} The database must exist, and its user must be allowed to make tables in it.");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Storage {Provider} is ready")]
    private partial void LogReady(string provider);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Storage {Provider} cannot be reached, requests are answered 503 until it is back: {Reason}")]
    private partial void LogAway(string provider, string reason);
}
