using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Security;

/// <summary>What a new key is for.</summary>
internal sealed record NewApiKey
{
    /// <summary>Who holds it, for people.</summary>
    /// <example>zeek at the office router</example>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>What it may do: sensor, reader, analyst, operator, admin.</summary>
    /// <example>["sensor"]</example>
    [Required]
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>When it stops working; absent for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
