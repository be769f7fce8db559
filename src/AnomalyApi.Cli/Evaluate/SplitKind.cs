namespace AnomalyApi.Cli.Evaluate;

/// <summary>How rows are divided into those that are learned from and those that are tested. The names are what users type.</summary>
internal enum SplitKind
{
    /// <summary>A random share of the rows of each label is tested.</summary>
    HoldOut,

    /// <summary>Every row is tested once, in several fits.</summary>
    KFold,

    /// <summary>Every row is tested alone, fitted on all others.</summary>
    Loo,

    /// <summary>The latest rows are tested.</summary>
    Time,

    /// <summary>Fitted on half of the normal rows; the other half and all anomalies are tested.</summary>
    OneClass,

    /// <summary>Rows are tested or not by what they hold: copies of a row stand on one side.</summary>
    Hash,

    /// <summary>Whole groups, hosts for example, are tested.</summary>
    Group,

    /// <summary>The rows of the test file are tested.</summary>
    File,
}
