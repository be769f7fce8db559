namespace AnomalyApi.Ingest;

/// <summary>What an answer says about scores (<c>?scores=</c>).</summary>
internal enum ScoresWanted
{
    /// <summary>Counts only.</summary>
    None,

    /// <summary>The anomalies; the default.</summary>
    Anomalies,

    /// <summary>The anomalies, and one score for each accepted line.</summary>
    All,
}
