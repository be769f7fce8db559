namespace AnomalyApi.Detection.Tuning;

/// <summary>What options are chosen by, on the validation rows.</summary>
public enum TuningMetric
{
    /// <summary>Area under the ROC curve.</summary>
    RocAuc,

    /// <summary>Area under the precision-recall curve, as average precision.</summary>
    PrAuc,
}
