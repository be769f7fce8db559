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
        var logger = context.Loggers.CreateLogger(GetType());
        await context.Readiness.WaitAsync(stoppingToken);
        var isAway = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
                if (isAway)
                {
                    LogBack(logger);
                }

                isAway = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (context.Database.IsUnavailable(e))
            {
                // Once for each outage: five services with a round every second or two would fill the log.
                if (!isAway)
                {
                    LogAway(logger, e.Message);
                }

                isAway = true;
            }
            catch (Exception e)
            {
                LogFailed(logger, e);
            }

            await PauseAsync(stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away, rounds are left out until it is back: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database is back")]
    private static partial void LogBack(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "This round failed, the next one tries again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
