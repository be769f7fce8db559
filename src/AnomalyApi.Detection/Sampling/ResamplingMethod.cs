namespace AnomalyApi.Detection.Sampling;

/// <summary>What is done about one label being rarer than the other.</summary>
public enum ResamplingMethod
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Rows of the commoner label are left out at random: fast, and loses what they knew.</summary>
    Under,

    /// <summary>Rows of the rarer label are repeated at random: loses nothing, and invites learning them by heart.</summary>
    Over,

    /// <summary>Rows are made up between neighbours of the rarer label.</summary>
    Smote,
}
