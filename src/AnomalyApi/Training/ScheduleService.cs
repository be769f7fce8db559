using System.Text.Json;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Training;

/// <summary>Keeps schedules, and turns a time at which one fires into exactly one training, however many processes see it. Thread-safe.</summary>
internal sealed partial class ScheduleService(
    IDbContextFactory<AnomalyDbContext> contexts, TrainingQueue queue, IOptions<TrainingOptions> options, TimeProvider time,
    ILogger<ScheduleService> logger)
{
    public const string DefaultName = "nightly";

    public async Task<IReadOnlyList<ScheduleRow>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Schedules.AsNoTracking().OrderBy(row => row.Name).ToListAsync(cancellationToken);
    }

    public async Task<ScheduleRow?> GetAsync(string name, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Schedules.AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, cancellationToken);
    }

    /// <summary>Makes or replaces a schedule. The request must have been checked. Times before now do not count as missed.</summary>
    public async Task<ScheduleRow> PutAsync(string name, ScheduleRequest request, CancellationToken cancellationToken)
    {
        var row = new ScheduleRow
        {
            Name = name,
            Cron = request.Cron,
            TimeZone = request.TimeZone,
            Paused = request.Paused,
            Request = JsonSerializer.Serialize(request.Training, TrainingQueue.Json),
            UpdatedAt = time.GetUtcNow().UtcDateTime,
        };
        if (!await ReplaceAsync(row, cancellationToken) && !await TryAddAsync(row, cancellationToken))
        {
            await ReplaceAsync(row, cancellationToken);
        }

        return await GetAsync(name, cancellationToken) ?? row;
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Schedules.Where(row => row.Name == name).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    /// <summary>Gives a database that never had a schedule the default one.</summary>
    public async Task EnsureDefaultAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (options.Value.DefaultSchedule.Length > 0 && !await context.Schedules.AnyAsync(cancellationToken)
            && !await context.Trainings.AnyAsync(cancellationToken))
        {
            await PutAsync(DefaultName, new ScheduleRequest { Cron = options.Value.DefaultSchedule }, cancellationToken);
        }
    }

    /// <summary>
    /// Starts the training of a schedule for one of its times, unless another process did, or the one before still waits. Claiming the time and
    /// adding the training are one transaction: a crash between them would lose the run.
    /// </summary>
    public async Task FireAsync(string name, DateTime scheduledFor, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var claimed = await context.Schedules
            .Where(row => row.Name == name && !row.Paused && (row.LastFiredAt == null || row.LastFiredAt < scheduledFor))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastFiredAt, scheduledFor), cancellationToken);
        if (claimed == 0)
        {
            return;
        }

        var requestedBy = $"schedule {name}";
        var isWaiting = await context.Trainings.AnyAsync(
            row => row.RequestedBy == requestedBy && (row.Status == JobStatus.Queued || row.Status == JobStatus.Running), cancellationToken);
        if (!isWaiting)
        {
            var json = await context.Schedules.Where(row => row.Name == name).Select(row => row.Request).FirstAsync(cancellationToken);
            context.Trainings.Add(queue.NewRow(JsonSerializer.Deserialize<TrainingRequest>(json, TrainingQueue.Json)!, "schedule", requestedBy));
            await context.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        if (isWaiting)
        {
            LogSkipped(name, scheduledFor);
            return;
        }

        queue.Wake();
        LogFired(name, scheduledFor);
    }

    /// <summary>Makes up for the times that were missed, while no process ran or the database was away: one run for each schedule, however many there were.</summary>
    public async Task CatchUpAsync(IReadOnlyList<ScheduleRow> rows, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var row in rows)
        {
            var since = row.LastFiredAt > row.UpdatedAt ? row.LastFiredAt.Value : row.UpdatedAt;
            if (!row.Paused
                && ScheduleCron.Read(row.Cron, row.TimeZone, []) is { } cron
                && cron.GetNextValidTimeAfter(new DateTimeOffset(since, TimeSpan.Zero)) <= now
                && cron.GetPreviousValidTimeBefore(now.AddSeconds(1)) is { } missed)
            {
                await FireAsync(row.Name, missed.UtcDateTime, cancellationToken);
            }
        }
    }

    private async Task<bool> ReplaceAsync(ScheduleRow row, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Schedules.Where(known => known.Name == row.Name).ExecuteUpdateAsync(
            set => set.SetProperty(known => known.Cron, row.Cron)
                .SetProperty(known => known.TimeZone, row.TimeZone)
                .SetProperty(known => known.Paused, row.Paused)
                .SetProperty(known => known.Request, row.Request)
                .SetProperty(known => known.UpdatedAt, row.UpdatedAt),
            cancellationToken) > 0;
    }

    /// <summary>Adds a schedule; false when somebody else, such as another process that starts at the same time, has just added one of that name.</summary>
    private async Task<bool> TryAddAsync(ScheduleRow row, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Schedules.Add(row);
        try
        {
            await context.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException)
        {
            if (await GetAsync(row.Name, cancellationToken) is null)
            {
                throw;
            }

            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Schedule {Schedule} fired for {ScheduledFor:u}")]
    private partial void LogFired(string schedule, DateTime scheduledFor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Schedule {Schedule} skipped {ScheduledFor:u}: its training before still waits or runs")]
    private partial void LogSkipped(string schedule, DateTime scheduledFor);
}
