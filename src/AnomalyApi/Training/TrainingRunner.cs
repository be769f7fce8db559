using System.Text.Json;
using AnomalyApi.Ingest;
using AnomalyApi.Models;
using AnomalyApi.Platform;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Training;

/// <summary>
/// Runs the trainings that wait, one at a time across all processes: whoever holds the lock runs, and the lock dies with its holder. Also starts
/// the first training when enough flows are stored.
/// </summary>
internal sealed partial class TrainingRunner(
    TrainingQueue queue,
    TrainingStore trainings,
    ModelTraining training,
    FlowStore flows,
    ModelActivator activator,
    LearningProgress learning,
    ServiceMetrics metrics,
    IOptions<TrainingOptions> options,
    PeriodicContext context,
    ILogger<TrainingRunner> logger)
    : PeriodicWork(context, options.Value.PollInterval)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the service waits after a first training that failed before it tries again.</summary>
    private static readonly TimeSpan FirstTrainingPause = TimeSpan.FromMinutes(1);

    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}";
    private DateTimeOffset _nextFirstTraining = DateTimeOffset.MinValue;
    private int _running;

    /// <summary>Trainings that run in this process: 0 or 1.</summary>
    public int Running => _running;

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await StartFirstTrainingAsync(cancellationToken);
        await RunWaitingAsync(cancellationToken);
    }

    protected override Task PauseAsync(CancellationToken cancellationToken) => queue.WaitAsync(options.Value.PollInterval, cancellationToken);

    private async Task StartFirstTrainingAsync(CancellationToken cancellationToken)
    {
        if (learning.IsLearning)
        {
            // Other processes store flows too.
            learning.Restore(await flows.CountAsync(options.Value.FirstTrainingFlows, cancellationToken));
        }

        if (!learning.IsFirstTrainingDue || Time.GetUtcNow() < _nextFirstTraining)
        {
            return;
        }

        // Under the lock nobody else trains or starts a first training, and what another process made live is known here after a look.
        await using var held = await Database.TryLockAsync(ModelNames.TrainingLock, cancellationToken);
        if (held is null)
        {
            return;
        }

        await activator.RefreshAsync(cancellationToken);
        if (learning.IsFirstTrainingDue && !await queue.AnyOpenAsync(cancellationToken))
        {
            _nextFirstTraining = Time.GetUtcNow() + FirstTrainingPause;
            await queue.AddAsync(new TrainingRequest(), "first", "service", cancellationToken);
        }
    }

    private async Task RunWaitingAsync(CancellationToken stoppingToken)
    {
        if (!await queue.AnyOpenAsync(stoppingToken))
        {
            return;
        }

        await using var held = await Database.TryLockAsync(ModelNames.TrainingLock, stoppingToken);
        if (held is null)
        {
            return;
        }

        var abandoned = await trainings.FailAbandonedAsync(ModelNames.Default, "The process that ran it stopped.", stoppingToken);
        if (abandoned > 0)
        {
            LogAbandoned(abandoned);
        }

        // Without the lock another process may be training; the next turn takes it again.
        while (!held.Lost.IsCancellationRequested && await trainings.ClaimNextAsync(_owner, ModelNames.Default, stoppingToken) is { } row)
        {
            await RunAsync(row, held.Lost, stoppingToken);
        }
    }

    private async Task RunAsync(TrainingRow row, CancellationToken lockLost, CancellationToken stoppingToken)
    {
        LogStarted(row.Id, row.Trigger);
        Interlocked.Increment(ref _running);
        var journal = new TrainingJournal(Time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(lockLost, stoppingToken);
        var reporting = ReportAsync(row.Id, journal, cancel);
        var (status, error, version, result) = (JobStatus.Failed, (string?)null, (int?)null, (TrainingMetrics?)null);
        try
        {
            (version, result) = await training.RunAsync(row, journal, cancel.Token);
            status = JobStatus.Succeeded;
        }
        catch (OperationCanceledException)
        {
            (status, error) = stoppingToken.IsCancellationRequested ? (JobStatus.Failed, "The service stopped before the training ended.")
                : lockLost.IsCancellationRequested ? (JobStatus.Failed, "The connection that held the training lock was lost.")
                : (JobStatus.Cancelled, "Cancelled on request.");
        }
        catch (InvalidOperationException e)
        {
            error = e.Message;
        }
        catch (Exception e) when (Database.IsUnavailable(e))
        {
            error = $"The database went away: {e.Message}";
        }
        catch (Exception e)
        {
            // A defect in one training must not end all later ones, so it is told in the row and in the log.
            error = $"Unexpected: {e.Message}";
            LogUnexpected(e, row.Id);
        }
        finally
        {
            await cancel.CancelAsync();
            await reporting;
            Interlocked.Decrement(ref _running);
        }

        if (error is not null)
        {
            journal.Say(error);
        }

        metrics.CountTraining(status);
        LogEnded(row.Id, status, version, error ?? "-");
        await FinishAsync(row.Id, status, journal, result, version, error, stoppingToken);
    }

    /// <summary>Writes how it ended, also through an outage: a row left running would be called failed although its model may be live.</summary>
    private async Task FinishAsync(
        string id, string status, TrainingJournal journal, TrainingMetrics? result, int? version, string? error, CancellationToken stoppingToken)
    {
        var lines = journal.TakeLines();
        var figures = result is null ? null : JsonSerializer.Serialize(result, TrainingQueue.Json);
        while (true)
        {
            try
            {
                await trainings.FinishAsync(id, status, lines, figures, version, error, CancellationToken.None);
                return;
            }
            catch (Exception e) when (Database.IsUnavailable(e) && !stoppingToken.IsCancellationRequested)
            {
                LogAway(e.Message);
                await Task.Delay(options.Value.PollInterval, Time, stoppingToken);
            }
        }
    }

    /// <summary>Writes progress to the row now and then, and cancels the training when somebody asked for it.</summary>
    private async Task ReportAsync(string id, TrainingJournal journal, CancellationTokenSource training)
    {
        using var timer = new PeriodicTimer(ReportInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(training.Token))
            {
                var lines = journal.TakeLines();
                try
                {
                    // Not with the training's token: its end would tear an update in two and lose the lines.
                    if (!await trainings.UpdateAsync(id, journal.Stage, journal.Progress, lines, CancellationToken.None))
                    {
                        await training.CancelAsync();
                    }
                }
                catch (Exception e) when (Database.IsUnavailable(e))
                {
                    journal.PutBack(lines);
                    // A training outlives a short outage, and must still be told when somebody cancels it afterwards.
                    LogAway(e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The training has ended.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Training {TrainingId} ({Trigger}) started")]
    private partial void LogStarted(string trainingId, string trigger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Training {TrainingId} {Status}, model version {Version}: {Reason}")]
    private partial void LogEnded(string trainingId, string status, int? version, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} trainings were left behind by a process that stopped, and are marked as failed")]
    private partial void LogAbandoned(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Trainings wait until the database is back: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Training {TrainingId} failed unexpectedly")]
    private partial void LogUnexpected(Exception exception, string trainingId);
}
