using AnomalyApi.Platform;
using AnomalyApi.Storage;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Security;

/// <summary>Picks up keys that other processes made or revoked.</summary>
internal sealed partial class ApiKeyRefresh(
    ApiKeyDirectory keys, StorageReadiness readiness, StorageDatabase database, IOptions<SecurityOptions> options, TimeProvider time, ILogger<ApiKeyRefresh> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.KeyRefresh, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.RefreshAsync(stoppingToken);
            }
            catch (Exception e) when (database.IsUnavailable(e))
            {
                LogKept(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "API keys could not be read, the known ones stay valid: {Reason}")]
    private partial void LogKept(string reason);
}
