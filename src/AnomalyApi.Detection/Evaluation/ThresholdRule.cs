namespace AnomalyApi.Detection.Evaluation;

/// <summary>How an evaluation chooses the threshold on its validation rows.</summary>
public enum ThresholdRule
{
    /// <summary><see cref="BestF1"/> for a detector that was fitted with labels, <see cref="NormalShare"/> for others: a choice by F1 would
    /// be a use of labels too.</summary>
    Automatic,

    /// <summary>The threshold that lets a chosen share of the normal validation rows through.</summary>
    NormalShare,

    /// <summary>The threshold of the best F1 on the validation rows; <see cref="NormalShare"/> when there are no labelled anomalies.</summary>
    BestF1,
}
