using System.Text.Json;
using AnomalyApi.Storage.Rows;

namespace AnomalyApi.Models;

/// <summary>A scoring model of the registry.</summary>
internal sealed record ModelView
{
    /// <summary>Its version; stands on every row and answer it scores.</summary>
    public required int Version { get; init; }

    /// <summary>Whether it is the one that scores now.</summary>
    public required bool Active { get; init; }

    /// <summary>trained (a new fit) or recalibrated (the parent's fit with new p-values).</summary>
    public required string Kind { get; init; }

    /// <summary>The method it was fitted with.</summary>
    public required string Detector { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The model it was recalibrated from.</summary>
    public required int? ParentVersion { get; init; }

    /// <summary>The training that made it.</summary>
    public required string? TrainingId { get; init; }

    /// <summary>What went in: window, options, seed, threshold, feature schema.</summary>
    public required JsonElement Metadata { get; init; }

    /// <summary>What came out: rows, share of anomalies, seconds.</summary>
    public required JsonElement Metrics { get; init; }

    public static ModelView Of(ModelRow row, int? activeVersion) => new()
    {
        Version = row.Version,
        Active = row.Version == activeVersion,
        Kind = row.Kind,
        Detector = row.Detector,
        CreatedAt = row.CreatedAt,
        ParentVersion = row.ParentVersion,
        TrainingId = row.TrainingId,
        Metadata = JsonSerializer.Deserialize<JsonElement>(row.Metadata),
        Metrics = JsonSerializer.Deserialize<JsonElement>(row.Metrics),
    };
}
