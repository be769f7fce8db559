namespace AnomalyApi.Storage.Rows;

/// <summary>One model was made the active one of its name.</summary>
public sealed class ModelActivationRow
{
    /// <summary>Growing: the greatest id of a name says which model is active.</summary>
    public long Id { get; set; }

    /// <summary>The models' name.</summary>
    public required string ModelName { get; set; }

    /// <summary>The model that became active.</summary>
    public int Version { get; set; }

    /// <summary>UTC.</summary>
    public DateTime ActivatedAt { get; set; }

    /// <summary>Who did it.</summary>
    public required string ActivatedBy { get; set; }

    /// <summary>Why.</summary>
    public required string Reason { get; set; }
}
