using System.Text.Json;
using AnomalyApi.Models;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Training;

/// <summary>Puts trainings in line, and wakes the runner of this process. Thread-safe.</summary>
internal sealed class TrainingQueue(TrainingStore trainings, IDbContextFactory<AnomalyDbContext> contexts, TimeProvider time) : IDisposable
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Trainings that may wait.</summary>
    public const int MaxWaiting = 20;

    private readonly SemaphoreSlim _wake = new(0);

    /// <summary>Stores a training that waits for its turn. The request must have been checked.</summary>
    /// <param name="trigger">manual, schedule or first.</param>
    public async Task<TrainingRow> AddAsync(TrainingRequest request, string trigger, string requestedBy, CancellationToken cancellationToken)
    {
        var row = NewRow(request, trigger, requestedBy);
        await trainings.AddAsync(row, cancellationToken);
        Wake();
        return row;
    }

    /// <summary>A training that waits, for whoever stores it in a transaction of their own and then calls <see cref="Wake"/>.</summary>
    public TrainingRow NewRow(TrainingRequest request, string trigger, string requestedBy) => new()
    {
        Id = Guid.CreateVersion7().ToString(),
        ModelName = ModelNames.Default,
        Trigger = trigger,
        Kind = request.Kind == TrainingRequest.KindRecalibration ? "recalibrated" : "trained",
        Request = JsonSerializer.Serialize(request, Json),
        CreatedAt = time.GetUtcNow().UtcDateTime,
        RequestedBy = requestedBy,
    };

    /// <summary>Lets the runner of this process look at once.</summary>
    public void Wake() => _wake.Release();

    /// <summary>Whether as many trainings wait as may.</summary>
    public async Task<bool> IsFullAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Trainings.CountAsync(row => row.Status == JobStatus.Queued, cancellationToken) >= MaxWaiting;
    }

    /// <summary>Whether a training waits or runs, in any process.</summary>
    public async Task<bool> AnyOpenAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Trainings.AnyAsync(
            row => row.Status == JobStatus.Queued || row.Status == JobStatus.Running, cancellationToken);
    }

    /// <summary>Returns when this process added a training, or after <paramref name="timeout"/>, since others may have.</summary>
    public Task WaitAsync(TimeSpan timeout, CancellationToken cancellationToken) => _wake.WaitAsync(timeout, cancellationToken);

    public void Dispose() => _wake.Dispose();
}
