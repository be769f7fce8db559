namespace AnomalyApi.Storage.Rows;

/// <summary>A scoring model.</summary>
public sealed class ModelRow
{
    /// <summary>Unique over all names.</summary>
    public int Version { get; set; }

    /// <summary>The models of one name replace each other.</summary>
    public required string Name { get; set; }

    /// <summary><c>trained</c> or <c>recalibrated</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>The detector it was fitted with.</summary>
    public required string Detector { get; set; }

    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>The model it was recalibrated from.</summary>
    public int? ParentVersion { get; set; }

    /// <summary>The training that made it.</summary>
    public string? TrainingId { get; set; }

    /// <summary>JSON.</summary>
    public string Metadata { get; set; } = "{}";

    /// <summary>JSON.</summary>
    public string Metrics { get; set; } = "{}";

    /// <summary>The model file. Empty when the row was read without it.</summary>
    public byte[] Bytes { get; set; } = [];
}
