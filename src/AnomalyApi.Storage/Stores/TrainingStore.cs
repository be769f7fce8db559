using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Stores;

/// <summary>Keeps trainings, and hands each to one process.</summary>
public sealed class TrainingStore(StorageDatabase database, TimeProvider time)
{
    /// <summary>The lock that whoever trains <paramref name="modelName"/> holds, so that no two trainings of it run at once.</summary>
    public static string LockName(string modelName) => $"training:{modelName}";

    /// <summary>Stores a training that waits to be claimed.</summary>
    public async Task AddAsync(TrainingRow training, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        context.Trainings.Add(training);
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Takes the oldest waiting training, which is then running and <paramref name="owner"/>'s; null when none waits.</summary>
    /// <param name="owner">The process.</param>
    /// <param name="modelName">Only trainings of this name; null any.</param>
    public async Task<TrainingRow?> ClaimNextAsync(string owner, string? modelName, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        while (true)
        {
            var next = await context.Trainings.AsNoTracking()
                .Where(t => t.Status == JobStatus.Queued && (modelName == null || t.ModelName == modelName))
                .OrderBy(t => t.CreatedAt).ThenBy(t => t.Id).Select(t => t.Id).FirstOrDefaultAsync(cancellationToken);
            if (next is null)
            {
                return null;
            }

            var now = time.GetUtcNow().UtcDateTime;
            var claimed = await context.Trainings.Where(t => t.Id == next && t.Status == JobStatus.Queued).ExecuteUpdateAsync(
                set => set.SetProperty(t => t.Status, JobStatus.Running)
                    .SetProperty(t => t.Stage, "starting")
                    .SetProperty(t => t.Owner, owner)
                    .SetProperty(t => t.StartedAt, now),
                cancellationToken);
            if (claimed == 1)
            {
                return await GetAsync(next, cancellationToken);
            }
        }
    }

    /// <summary>Notes how far a running training is, and adds to its log. Returns whether it should go on: false when a stop was requested or it no longer runs.</summary>
    /// <param name="log">JSON lines, each ending with a line feed; empty for none.</param>
    public async Task<bool> UpdateAsync(string id, string stage, double progress, string log, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var updated = await context.Trainings.Where(t => t.Id == id && t.Status == JobStatus.Running).ExecuteUpdateAsync(
            set => set.SetProperty(t => t.Stage, stage)
                .SetProperty(t => t.Progress, progress)
                .SetProperty(t => t.Log, t => t.Log + log),
            cancellationToken);
        return updated == 1
            && !await context.Trainings.Where(t => t.Id == id).Select(t => t.CancelRequested).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Ends a training that waits or runs; false when it had ended before.</summary>
    /// <param name="status">Succeeded, failed or cancelled.</param>
    /// <param name="log">JSON lines to add, each ending with a line feed; empty for none.</param>
    public async Task<bool> FinishAsync(
        string id, string status, string log, string? metrics, int? modelVersion, string? error, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var now = time.GetUtcNow().UtcDateTime;
        return await Open(context).Where(t => t.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(t => t.Status, status)
                .SetProperty(t => t.Stage, status)
                .SetProperty(t => t.Progress, t => status == JobStatus.Succeeded ? 1.0 : t.Progress)
                .SetProperty(t => t.Log, t => t.Log + log)
                .SetProperty(t => t.Metrics, metrics)
                .SetProperty(t => t.ModelVersion, modelVersion)
                .SetProperty(t => t.Error, error)
                .SetProperty(t => t.FinishedAt, now),
            cancellationToken) == 1;
    }

    /// <summary>Asks a training to stop. One that waits is cancelled at once; one that runs hears of it at its next update. False when it had ended.</summary>
    public async Task<bool> RequestCancelAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var now = time.GetUtcNow().UtcDateTime;
        var waiting = await context.Trainings.Where(t => t.Id == id && t.Status == JobStatus.Queued).ExecuteUpdateAsync(
            set => set.SetProperty(t => t.Status, JobStatus.Cancelled)
                .SetProperty(t => t.Stage, JobStatus.Cancelled)
                .SetProperty(t => t.CancelRequested, true)
                .SetProperty(t => t.FinishedAt, now),
            cancellationToken);
        return waiting == 1
            || await Open(context).Where(t => t.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.CancelRequested, true), cancellationToken) == 1;
    }

    /// <summary>
    /// Ends as failed the trainings of <paramref name="modelName"/> that are marked running although their process is gone. The caller must
    /// hold <see cref="LockName"/> of the name and run none itself: then nobody else can be running one.
    /// </summary>
    /// <returns>How many there were.</returns>
    public async Task<int> FailAbandonedAsync(string modelName, string error, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var now = time.GetUtcNow().UtcDateTime;
        return await context.Trainings.Where(t => t.ModelName == modelName && t.Status == JobStatus.Running).ExecuteUpdateAsync(
            set => set.SetProperty(t => t.Status, JobStatus.Failed)
                .SetProperty(t => t.Stage, JobStatus.Failed)
                .SetProperty(t => t.Error, error)
                .SetProperty(t => t.FinishedAt, now),
            cancellationToken);
    }

    /// <summary>The training, or null.</summary>
    public async Task<TrainingRow?> GetAsync(string id, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await context.Trainings.AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, cancellationToken);
    }

    /// <summary>Trainings, newest first.</summary>
    /// <param name="before">Only those behind this one in the list; null from the newest.</param>
    public async Task<IReadOnlyList<TrainingRow>> ListAsync(TrainingRow? before, int limit, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var rows = context.Trainings.AsNoTracking();
        if (before is { CreatedAt: var createdAt, Id: var id })
        {
            rows = rows.Where(t => t.CreatedAt < createdAt || (t.CreatedAt == createdAt && string.Compare(t.Id, id) < 0));
        }

        return await rows.OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Take(limit).ToListAsync(cancellationToken);
    }

    private static IQueryable<TrainingRow> Open(AnomalyDbContext context) =>
        context.Trainings.Where(t => t.Status == JobStatus.Queued || t.Status == JobStatus.Running);
}
