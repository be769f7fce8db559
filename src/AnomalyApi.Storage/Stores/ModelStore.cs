using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Stores;

/// <summary>Keeps scoring models, and says which one of a name is active. Activating is one insert, so every process sees the old or the new one.</summary>
public sealed class ModelStore(StorageDatabase database, TimeProvider time)
{
    /// <summary>The PostgreSQL channel on which an activation is announced; the payload is <c>name:version</c>.</summary>
    public const string Channel = "anomaly_model";

    /// <summary>A version that no other model has or gets, in any process. Versions grow; a model that is never added leaves a gap.</summary>
    public async Task<int> NextVersionAsync(CancellationToken cancellationToken) =>
        checked((int)await database.TakeIdsAsync("model", 1, cancellationToken));

    /// <summary>Stores a model. It stays inactive.</summary>
    public async Task AddAsync(ModelRow model, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        context.Models.Add(model);
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>All models of a name, newest first, without their bytes.</summary>
    public async Task<IReadOnlyList<ModelRow>> ListAsync(string name, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await WithoutBytes(context.Models.Where(m => m.Name == name)).OrderByDescending(m => m.Version).ToListAsync(cancellationToken);
    }

    /// <summary>The model without its bytes, or null.</summary>
    public async Task<ModelRow?> GetAsync(int version, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await WithoutBytes(context.Models.Where(m => m.Version == version)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The model file, or null.</summary>
    public async Task<byte[]?> ReadBytesAsync(int version, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await context.Models.Where(m => m.Version == version).Select(m => m.Bytes).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Makes a model the active one of its name; false when there is no such model.</summary>
    public async Task<bool> ActivateAsync(string name, int version, string by, string reason, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);

        // One at a time, so that the greatest id is the one that committed last, and retention cannot delete the model meanwhile.
        await database.SerializeAsync(context, "model", cancellationToken);
        if (!await context.Models.AnyAsync(m => m.Name == name && m.Version == version, cancellationToken))
        {
            return false;
        }

        context.ModelActivations.Add(new ModelActivationRow
        {
            ModelName = name,
            Version = version,
            ActivatedAt = time.GetUtcNow().UtcDateTime,
            ActivatedBy = by,
            Reason = reason,
        });
        await context.SaveChangesAsync(cancellationToken);
        await database.AnnounceAsync(context, Channel, $"{name}:{version}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Which model of a name is active, or null when none ever was.</summary>
    public async Task<ModelActivationRow?> ActiveAsync(string name, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await context.ModelActivations.AsNoTracking()
            .Where(a => a.ModelName == name).OrderByDescending(a => a.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The other model that was active last before the active one and still exists, or null: where a rollback goes.</summary>
    public async Task<ModelActivationRow?> PreviousAsync(string name, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        var active = await ActiveAsync(name, cancellationToken);
        return active is null
            ? null
            : await context.ModelActivations.AsNoTracking()
                .Where(a => a.ModelName == name && a.Version != active.Version && context.Models.Any(m => m.Version == a.Version))
                .OrderByDescending(a => a.Id).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The activations of a name, newest first.</summary>
    public async Task<IReadOnlyList<ModelActivationRow>> HistoryAsync(string name, int limit, CancellationToken cancellationToken)
    {
        await using var context = database.CreateDbContext();
        return await context.ModelActivations.AsNoTracking()
            .Where(a => a.ModelName == name).OrderByDescending(a => a.Id).Take(limit).ToListAsync(cancellationToken);
    }

    private static IQueryable<ModelRow> WithoutBytes(IQueryable<ModelRow> models) => models.AsNoTracking().Select(m => new ModelRow
    {
        Version = m.Version,
        Name = m.Name,
        Kind = m.Kind,
        Detector = m.Detector,
        CreatedAt = m.CreatedAt,
        ParentVersion = m.ParentVersion,
        TrainingId = m.TrainingId,
        Metadata = m.Metadata,
        Metrics = m.Metrics,
    });
}
