using AnomalyApi.Storage;

namespace AnomalyApi.Platform;

/// <summary>
/// Work that is done again and again for years. A round that fails is told in the log and the next one tries again: a database that is away is a
/// warning, anything else an error that somebody should look at. Neither ends the service.
/// </summary>
/// <param name="context">What all periodic work shares.</param>
/// <param name="interval">From the end of one round to the next, unless <see cref="PauseAsync"/> says otherwise.</param>
internal abstract partial class PeriodicWork(PeriodicContext context, TimeSpan interval) : BackgroundService
{
    protected TimeProvider Time => context.Time;

    protected StorageDatabase Database => context.Database;

    /// <summary>One round.</summary>
    protected abstract Task RunOnceAsync(CancellationToken cancellationToken);

    /// <summary>Waits for the next round.</summary>
    protected virtual Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(interval, context.Time, cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await context.Readiness.WaitAsync(stoppingToken);
            var logger = context.Loggers.CreateLogger(GetType());
            var isAway = false;
            while (true)
            {
                isAway = await RunRoundAsync(isAway, logger, stoppingToken);
                await PauseAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <summary>Runs one round, and tells of an outage once: several services with a round every second or two would fill the log.</summary>
    /// <returns>Whether the database is away.</returns>
    private async Task<bool> RunRoundAsync(bool wasAway, ILogger logger, CancellationToken stoppingToken)
    {
        try
        {
            await RunOnceAsync(stoppingToken);
            if (wasAway)
            {
                LogBack(logger);
            }

            return false;
        }
        catch (Exception e) when (context.Database.IsUnavailable(e))
        {
            if (!wasAway)
            {
                LogAway(logger, e.Message);
            }

            return true;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(logger, e);
            return wasAway;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away, rounds are left out until it is back: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database is back")]
    private static partial void LogBack(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "This round failed, the next one tries again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
