namespace AnomalyApi.Detection;

/// <summary>How much a row counts while a labelled detector is fitted.</summary>
public enum ClassWeighting
{
    /// <summary>Every row counts once, so the rarer class has little say.</summary>
    None,

    /// <summary>A row counts n / (2 n_class), with n rows of which n_class have its label: both classes have the same say, and the mean
    /// weight is 1.</summary>
    Balanced,
}
