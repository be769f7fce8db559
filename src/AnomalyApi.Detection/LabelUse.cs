namespace AnomalyApi.Detection;

/// <summary>What a detector does with labels.</summary>
public enum LabelUse
{
    /// <summary>Learns from the values alone; labels are not looked at.</summary>
    Ignored,

    /// <summary>Learns the difference between normal and anomalous rows; rows of unknown label are left out.</summary>
    Needed,

    /// <summary>Learns from the values alone, and better when some rows are labelled.</summary>
    Welcome,
}
