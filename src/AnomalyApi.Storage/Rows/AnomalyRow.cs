namespace AnomalyApi.Storage.Rows;

/// <summary>A flow whose score reached the threshold.</summary>
public sealed class AnomalyRow : FlowColumns
{
    /// <summary>When it was found, UTC.</summary>
    public DateTime DetectedAt { get; set; }

    /// <summary>The flow, which retention may have deleted since.</summary>
    public long FlowId { get; set; }

    /// <summary>From 0 to 100.</summary>
    public float Score { get; set; }

    /// <summary>Share of normal traffic that scores at least as high.</summary>
    public double PValue { get; set; }

    /// <summary>1 low, 2 medium, 3 high, 4 critical.</summary>
    public byte Severity { get; set; }

    /// <summary>The model that scored.</summary>
    public int ModelVersion { get; set; }

    /// <summary>The score from which a flow was an anomaly then.</summary>
    public float Threshold { get; set; }

    /// <summary>What was done about it; <c>new</c> at first.</summary>
    public string Status { get; set; } = "new";

    /// <summary>JSON: summary and drivers.</summary>
    public string Explanation { get; set; } = "{}";
}
