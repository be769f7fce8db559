using System.Collections.Frozen;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Security;

/// <summary>
/// The keys that are valid now, in memory, so that a request is recognised without the database and while the database is away. Thread-safe.
/// </summary>
internal sealed class ApiKeyDirectory(IDbContextFactory<AnomalyDbContext> contexts, TimeProvider time) : IDisposable
{
    // Compared when the id is unknown, so that the answer takes as long as for a wrong secret.
    private static readonly byte[] NoHash = new byte[32];

    private readonly SemaphoreSlim _refresh = new(1);
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
        // One at a time: a read from before a change must not be published after the read that saw it.
        await _refresh.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var rows = await context.ApiKeys.AsNoTracking().Where(key => key.RevokedAt == null).ToListAsync(cancellationToken);
            _keys = rows.ToFrozenDictionary(key => key.Id);
        }
        finally
        {
            _refresh.Release();
        }
    }

    /// <summary>Stores <paramref name="secret"/> as a new key and lets it in at once.</summary>
    public async Task<ApiKeyRow> AddAsync(
        ApiKeySecret secret, string name, IEnumerable<string> roles, DateTime? expiresAt, string createdBy, CancellationToken cancellationToken)
    {
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
        // The change is made, so a caller that hangs up must not keep it from being seen.
        await RefreshAsync(CancellationToken.None);
        return row;
    }

    /// <summary>Locks a key out at once.</summary>
    public async Task<Revocation> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var lasting = await context.ApiKeys.AsNoTracking().Where(key => key.RevokedAt == null && key.ExpiresAt == null).ToListAsync(cancellationToken);
        if (lasting.Where(key => key.Roles.Split(' ').Contains(Roles.Admin)).Select(key => key.Id).ToList() is [var last] && last == id)
        {
            return Revocation.LastAdmin;
        }

        var changed = await context.ApiKeys
            .Where(key => key.Id == id && key.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now), cancellationToken);
        await RefreshAsync(CancellationToken.None);
        return changed > 0 ? Revocation.Done : Revocation.Unknown;
    }

    public void Dispose() => _refresh.Dispose();
}
