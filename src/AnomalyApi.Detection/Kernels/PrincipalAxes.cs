using MathNet.Numerics.LinearAlgebra;

namespace AnomalyApi.Detection.Kernels;

/// <summary>The directions in which rows vary, at right angles to each other, and how much they vary along each. Immutable.</summary>
/// <remarks>Jolliffe, Principal Component Analysis, 2002, section 3.1: eigenvectors of the covariance, the largest variance first.</remarks>
internal sealed class PrincipalAxes
{
    private readonly double[] _axes;

    private PrincipalAxes(double[] variances, double[] axes)
    {
        Variances = variances;
        _axes = axes;
    }

    /// <summary>d variances, descending, none below 0.</summary>
    public double[] Variances { get; }

    /// <summary>d values of length 1 together.</summary>
    public ReadOnlySpan<double> Axis(int component) => _axes.AsSpan(component * Variances.Length, Variances.Length);

    /// <summary>Solves the eigenvalue problem, which grows with the cube of the columns and cannot be interrupted.</summary>
    public static PrincipalAxes Of(Moments moments)
    {
        var width = moments.Width;
        var spectrum = Matrix<double>.Build.Dense(width, width, moments.Covariance).Evd(Symmetricity.Symmetric);
        var variances = new double[width];
        var axes = new double[width * width];
        for (var component = 0; component < width; component++)
        {
            // Eigenvalues ascend, and rounding makes a zero slightly negative.
            variances[component] = Math.Max(spectrum.EigenValues[width - 1 - component].Real, 0);

            // A vector and its negative are equally good; the largest part is made positive, so that the same rows give the same signs.
            var vector = spectrum.EigenVectors.Column(width - 1 - component);
            var sign = vector[vector.AbsoluteMaximumIndex()] < 0 ? -1 : 1;
            for (var column = 0; column < width; column++)
                axes[component * width + column] = sign * vector[column];
        }

        return new PrincipalAxes(variances, axes);
    }
}
