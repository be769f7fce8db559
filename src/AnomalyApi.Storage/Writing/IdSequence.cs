namespace AnomalyApi.Storage.Writing;

/// <summary>What ids are reserved for.</summary>
public enum IdSequence
{
    /// <summary>Flows.</summary>
    Flow,

    /// <summary>Anomalies.</summary>
    Anomaly,
}
