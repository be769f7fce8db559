namespace AnomalyApi.Storage.Rows;

/// <summary>A key that opens the API. Only its hash is kept.</summary>
public sealed class ApiKeyRow
{
    /// <summary>The public part of the key.</summary>
    public required string Id { get; set; }

    /// <summary>Whom it was given to.</summary>
    public required string Name { get; set; }

    /// <summary>Hash of the secret part.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Role names, separated by commas.</summary>
    public required string Roles { get; set; }

    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>UTC; null never.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>UTC; null while valid.</summary>
    public DateTime? RevokedAt { get; set; }
}
