using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Options of <see cref="Bagging"/>.</summary>
public sealed record BaggingOptions
{
    /// <summary>Name of the detector that is fitted many times, one of <see cref="DetectorCatalog"/> but not <c>bagging</c> or
    /// <c>ensemble</c>. The default is isolation-forest.</summary>
    public string Detector { get; init; } = DetectorCatalog.IsolationForestName;

    /// <summary>Models that are fitted, from 1 to 1000. The default is 10.</summary>
    /// <remarks>Time to fit and to score and the size of the model grow with it.</remarks>
    [Range(1, 1000)]
    public int Members { get; init; } = 10;

    /// <summary>Rows each member is fitted on, as a share of all, from 0.001 to 1. The default is 1.</summary>
    [Range(0.001, 1)]
    public double SampleShare { get; init; } = 1;

    /// <summary>Whether a member may be given a row more than once. The default is True.</summary>
    /// <remarks>Without, a share below 1 is needed for the members to differ in their rows. Better so for detectors to which a copy of a row
    /// says that it is common, such as those that look at nearest neighbours.</remarks>
    public bool WithReplacement { get; init; } = true;

    /// <summary>Columns each member sees, as a share of all, from 0.01 to 1; at least one. The default is 1.</summary>
    [Range(0.01, 1)]
    public double FeatureShare { get; init; } = 1;

    /// <summary>How the members' scores are joined. The default is MeanScore.</summary>
    [EnumDataType(typeof(BaggingCombination))]
    public BaggingCombination Combination { get; init; }
}
