using AnomalyApi.Flows.Formats;
using AnomalyApi.Ingest;
using AnomalyApi.Platform;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Captures;

/// <summary>
/// Reads the files that wait in this process's spool, one after another, oldest first. A file that a process was reading when it died waits again, since the row
/// says what is open and the lock says who is at it.
/// </summary>
internal sealed partial class CaptureRunner(
    CaptureStore captures, CaptureSpool spool, FlowIntake intake, PeriodicContext context, IOptions<CaptureOptions> options, ILogger<CaptureRunner> logger)
    : PeriodicWork(context, Interval)
{
    // A file that ends the process each time must not do so for ever.
    private const int MaxAttempts = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _lock = new();
    private (string Id, CancellationTokenSource Stop)? _current;

    /// <summary>Lets the runner look at once. Thread-safe.</summary>
    public void Wake() => _wake.Release();

    /// <summary>Stops reading a capture at once, when it is this process that reads it. Thread-safe.</summary>
    public void Stop(string id)
    {
        lock (_lock)
        {
            if (_current is var (current, stop) && current == id)
            {
                stop.Cancel();
            }
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override Task PauseAsync(CancellationToken cancellationToken) => _wake.WaitAsync(Interval, cancellationToken);

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var open = await captures.OpenAsync(spool.Id, cancellationToken);
        spool.RemoveLeftovers(open);
        foreach (var id in open)
        {
            await using var held = await Database.TryLockAsync(CaptureStore.LockName(id), cancellationToken);
            if (held is null || await captures.BeginAsync(id, cancellationToken) is not { } row)
            {
                continue;
            }

            if (!File.Exists(spool.PathOf(id)))
            {
                await EndAsync(row, JobStatus.Failed, "The file is gone from the data directory. Hand it in again.");
            }
            else if (row.Attempts > MaxAttempts)
            {
                await EndAsync(row, JobStatus.Failed, $"The service ended {MaxAttempts} times while it was reading the file. See its log.");
            }
            else
            {
                await RunAsync(row, held.Lost, cancellationToken);
            }
        }
    }

    private async Task RunAsync(CaptureRow row, CancellationToken lockLost, CancellationToken stoppingToken)
    {
        LogStarted(row.Id, row.Bytes);
        using var reading = new CaptureReading(row, intake, options.Value, Time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lockLost, stoppingToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        SetCurrent((row.Id, stop));
        var reporting = ReportAsync(reading, stop, end.Token);
        var (status, error) = (JobStatus.Succeeded, (string?)null);
        try
        {
            await reading.RunAsync(spool.PathOf(row.Id), stop.Token);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested || lockLost.IsCancellationRequested)
        {
            // Open in the table and on the disk: it is read again.
            await captures.GiveBackAsync(row.Id, CancellationToken.None);
            return;
        }
        catch (OperationCanceledException)
        {
            status = JobStatus.Cancelled;
        }
        catch (Exception e) when (e is FlowFormatException or FlowLimitException or BodyTooLargeException or InvalidDataException)
        {
            (status, error) = (JobStatus.Failed, Describe(e));
        }
        catch (Exception e) when (!Database.IsUnavailable(e))
        {
            // A defect in one reading must not come again for ever, so it ends the capture and is told in the row and in the log.
            (status, error) = (JobStatus.Failed, $"Unexpected: {e.Message}");
            LogUnexpected(e, row.Id);
        }
        finally
        {
            SetCurrent(null);
            await end.CancelAsync();
            await reporting;
        }

        await captures.UpdateAsync(reading.Progress, CancellationToken.None);
        await EndAsync(reading.Progress, status, error);
    }

    private void SetCurrent((string Id, CancellationTokenSource Stop)? current)
    {
        lock (_lock)
        {
            _current = current;
        }
    }

    private async Task EndAsync(CaptureRow row, string status, string? error)
    {
        await captures.FinishAsync(row.Id, status, error, CancellationToken.None);
        spool.Delete(row.Id);
        LogEnded(row.Id, status, row.Format, row.Accepted, row.Rejected, row.Anomalies, error ?? "-");
    }

    private static string Describe(Exception fault) => fault switch
    {
        InvalidDataException => $"The file's packing is damaged or cut short: {fault.Message}",
        BodyTooLargeException => $"{fault.Message} (Captures:MaxUnpackedBytes)",
        _ => fault.Message,
    };

    /// <summary>Writes progress to the row now and then, and stops the reading when somebody asked for it.</summary>
    private async Task ReportAsync(CaptureReading reading, CancellationTokenSource stop, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(ReportInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                try
                {
                    if (!await captures.UpdateAsync(reading.Progress, CancellationToken.None))
                    {
                        await stop.CancelAsync();
                    }
                }
                catch (Exception e)
                {
                    // Reading waits for the database as well, and progress can be late; but somebody may want to stop it, so this goes on.
                    LogLate(e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The reading has ended.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Capture {CaptureId} of {Bytes} bytes is being read")]
    private partial void LogStarted(string captureId, long bytes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Capture {CaptureId} {Status}, {Format}: {Accepted} flows, {Rejected} refused records, {Anomalies} anomalies: {Reason}")]
    private partial void LogEnded(string captureId, string status, string? format, long accepted, long rejected, long anomalies, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The progress of a capture could not be noted: {Reason}")]
    private partial void LogLate(string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Capture {CaptureId} failed unexpectedly")]
    private partial void LogUnexpected(Exception exception, string captureId);
}
