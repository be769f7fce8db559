using System.Collections.Frozen;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Security;

/// <summary>
/// The keys that are valid now, in memory, so that a request is recognised without the database and while the database is away. Thread-safe.
/// </summary>
internal sealed class ApiKeyDirectory(IDbContextFactory<AnomalyDbContext> contexts, TimeProvider time)
{
    // Compared when the id is unknown, so that the answer takes as long as for a wrong secret.
    private static readonly byte[] NoHash = new byte[32];

    private volatile FrozenDictionary<string, ApiKeyRow> _keys = FrozenDictionary<string, ApiKeyRow>.Empty;

    /// <summary>The key's row when the key is right, not revoked and not expired; null otherwise.</summary>
    public ApiKeyRow? Recognise(string text)
    {
        if (!ApiKeySecret.TryParse(text, out var secret))
        {
            return null;
        }

        var known = _keys.TryGetValue(secret!.Id, out var row);
        var matches = secret.Matches(known ? row!.Hash : NoHash);
        var isLive = known && row!.RevokedAt is null && (row.ExpiresAt is null || row.ExpiresAt > time.GetUtcNow().UtcDateTime);
        return matches && isLive ? row : null;
    }

    /// <summary>Reads the keys anew.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.ApiKeys.AsNoTracking().Where(key => key.RevokedAt == null).ToListAsync(cancellationToken);
        _keys = rows.ToFrozenDictionary(key => key.Id);
    }

    /// <summary>Makes a key and lets it in at once. The secret is in the result only.</summary>
    public async Task<(ApiKeyRow Row, string Secret)> CreateAsync(
        string name, IEnumerable<string> roles, DateTime? expiresAt, string createdBy, CancellationToken cancellationToken)
    {
        var secret = ApiKeySecret.Create();
        var row = new ApiKeyRow
        {
            Id = secret.Id,
            Name = name,
            Hash = secret.Hash(),
            Roles = string.Join(' ', roles),
            CreatedAt = time.GetUtcNow().UtcDateTime,
            CreatedBy = createdBy,
            ExpiresAt = expiresAt,
        };
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.ApiKeys.Add(row);
        await context.SaveChangesAsync(cancellationToken);
        await RefreshAsync(cancellationToken);
        return (row, secret.Text);
    }

    /// <summary>Locks a key out at once. False when there is no such key or it was revoked before.</summary>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var changed = await context.ApiKeys
            .Where(key => key.Id == id && key.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now), cancellationToken);
        await RefreshAsync(cancellationToken);
        return changed > 0;
    }
}
