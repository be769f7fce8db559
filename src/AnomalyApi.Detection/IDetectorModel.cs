using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection;

/// <summary>A fitted detector. Never changes, so any number of threads may score with it.</summary>
public interface IDetectorModel
{
    /// <summary>Columns of the rows it was fitted on.</summary>
    int FeatureCount { get; }

    /// <summary>Gives every row a raw score; higher is more anomalous. Does not allocate.</summary>
    /// <param name="rows">Shape [n, <see cref="FeatureCount"/>], columns in the order used for fitting.
    /// A value that is not finite is answered as the detector documents, never with a score that is not finite.</param>
    /// <param name="scores">Receives n raw scores, all finite.</param>
    /// <exception cref="ArgumentException">The column count or the length of <paramref name="scores"/> does not match.</exception>
    void Score(FeatureMatrix rows, Span<float> scores);

    /// <summary>Writes everything <see cref="DetectorDescriptor.ReadModel"/> needs to give identical scores.</summary>
    void Write(ModelSectionWriter writer);
}
