namespace AnomalyApi.Detection.Detectors;

/// <summary>What a row costs that lies on the wrong side of its margin by some distance.</summary>
public enum SupportVectorLoss
{
    /// <summary>The square of the distance: smoother, and faster to solve.</summary>
    SquaredHinge,

    /// <summary>The distance: less moved by rows that lie far on the wrong side.</summary>
    Hinge,
}
