namespace AnomalyApi.Detection.Detectors;

/// <summary>What <see cref="Pca"/> measures.</summary>
public enum PcaScore
{
    /// <summary>The sum over the kept components of the squared component score divided by its variance: how unusual a row is, counted in
    /// standard deviations of each direction.</summary>
    Whitened,

    /// <summary>The squared distance between a row and its projection on the kept components: how badly they describe it.</summary>
    Reconstruction,
}
