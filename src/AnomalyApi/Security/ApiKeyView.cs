using AnomalyApi.Storage.Rows;

namespace AnomalyApi.Security;

/// <summary>One API key, without its secret except in the answer that made it.</summary>
internal sealed record ApiKeyView
{
    /// <summary>Public id; it stands in logs.</summary>
    public required string Id { get; init; }

    /// <summary>Who holds it.</summary>
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Id of the key that made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it stops working.</summary>
    public DateTime? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTime? RevokedAt { get; init; }

    /// <summary>The key itself: shown once, when it is made.</summary>
    public string? Key { get; init; }

    public static ApiKeyView Of(ApiKeyRow row, string? secret) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Roles = row.Roles.Split(' '),
        CreatedAt = row.CreatedAt,
        CreatedBy = row.CreatedBy,
        ExpiresAt = row.ExpiresAt,
        RevokedAt = row.RevokedAt,
        Key = secret,
    };
}
