namespace AnomalyApi.Detection;

/// <summary>What is known of a row.</summary>
public enum RowLabel : byte
{
    /// <summary>Nobody has said.</summary>
    Unknown,

    /// <summary>Ordinary traffic.</summary>
    Normal,

    /// <summary>An attack or another event worth an alert.</summary>
    Anomaly,
}
