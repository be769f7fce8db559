namespace AnomalyApi.Detection.Evaluation;

/// <summary>Which of the fitting rows a detector that needs no labels is fitted on. One that needs them always gets all that are labelled.</summary>
public enum FitOn
{
    /// <summary>Those labelled normal; those of unknown label when none is labelled normal.</summary>
    Normal,

    /// <summary>All of them, attacks included. A detector that ignores labels is then fitted as if nobody had labelled anything, and so is the
    /// preparation; one that welcomes them gets them.</summary>
    All,
}
