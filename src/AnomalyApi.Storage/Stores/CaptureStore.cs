using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Stores;

/// <summary>Keeps what became of files that were handed in.</summary>
public sealed class CaptureStore(StorageDatabase database, TimeProvider time)
{
    /// <summary>The lock that whoever reads the capture holds.</summary>
    public static string LockName(string id) => $"capture:{id}";

    /// <summary>Stores a capture that waits to be read.</summary>
    public async Task AddAsync(CaptureRow capture, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        context.Captures.Add(capture);
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The capture, or null.</summary>
    public async Task<CaptureRow?> GetAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await context.Captures.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
    }

    /// <summary>Captures, newest first.</summary>
    public async Task<IReadOnlyList<CaptureRow>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await context.Captures.AsNoTracking().OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Id).Take(limit)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Ids of the captures in <paramref name="spool"/> that wait or were being read, oldest first.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync(string spool, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await Open(context).Where(c => c.Spool == spool).OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).Select(c => c.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Notes that it is being read from the beginning, and returns it; null when it has ended. The caller holds <see cref="LockName"/>.</summary>
    public async Task<CaptureRow?> BeginAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var now = time.GetUtcNow().UtcDateTime;
        var begun = await Open(context).Where(c => c.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Status, JobStatus.Running)
                .SetProperty(c => c.Attempts, c => c.Attempts + 1)
                .SetProperty(c => c.StartedAt, c => c.StartedAt ?? now),
            cancellationToken);
        return begun == 1 ? await GetAsync(id, cancellationToken) : null;
    }

    /// <summary>Gives a capture back that a process stops reading in good order; it is as if the reading had not begun.</summary>
    public async Task GiveBackAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await Open(context).Where(c => c.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Attempts, c => c.Attempts - 1), cancellationToken);
    }

    /// <summary>Notes how far a capture is; a reading that begins again takes nothing back. Returns whether it should go on: false when a stop was requested or it no longer runs.</summary>
    public async Task<bool> UpdateAsync(CaptureRow progress, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var updated = await context.Captures.Where(c => c.Id == progress.Id && c.Status == JobStatus.Running).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.BytesRead, c => c.BytesRead > progress.BytesRead ? c.BytesRead : progress.BytesRead)
                .SetProperty(c => c.Format, progress.Format)
                .SetProperty(c => c.Accepted, c => c.Accepted > progress.Accepted ? c.Accepted : progress.Accepted)
                .SetProperty(c => c.Duplicates, c => c.Duplicates > progress.Duplicates ? c.Duplicates : progress.Duplicates)
                .SetProperty(c => c.Rejected, progress.Rejected)
                .SetProperty(c => c.Anomalies, c => c.Anomalies > progress.Anomalies ? c.Anomalies : progress.Anomalies)
                .SetProperty(c => c.Rejections, progress.Rejections)
                .SetProperty(c => c.Skipped, progress.Skipped),
            cancellationToken);
        return updated == 1 && !await context.Captures.Where(c => c.Id == progress.Id).Select(c => c.CancelRequested).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Ends a capture that waits or runs; false when it had ended before.</summary>
    /// <param name="id">Which.</param>
    /// <param name="status">Succeeded, failed or cancelled.</param>
    /// <param name="error">Why it failed.</param>
    public async Task<bool> FinishAsync(string id, string status, string? error, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var now = time.GetUtcNow().UtcDateTime;
        return await Open(context).Where(c => c.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Status, status).SetProperty(c => c.Error, error).SetProperty(c => c.FinishedAt, now), cancellationToken) == 1;
    }

    /// <summary>Asks a capture to stop. One that waits is cancelled at once; one that runs hears of it at its next update. False when it had ended.</summary>
    public async Task<bool> RequestCancelAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var now = time.GetUtcNow().UtcDateTime;
        var waiting = await context.Captures.Where(c => c.Id == id && c.Status == JobStatus.Queued).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Status, JobStatus.Cancelled).SetProperty(c => c.CancelRequested, true).SetProperty(c => c.FinishedAt, now),
            cancellationToken);
        return waiting == 1
            || await Open(context).Where(c => c.Id == id).ExecuteUpdateAsync(set => set.SetProperty(c => c.CancelRequested, true), cancellationToken) == 1;
    }

    private static IQueryable<CaptureRow> Open(AnomalyDbContext context) =>
        context.Captures.Where(c => c.Status == JobStatus.Queued || c.Status == JobStatus.Running);
}
