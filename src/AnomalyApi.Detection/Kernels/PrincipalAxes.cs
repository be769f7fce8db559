using System.Numerics.Tensors;

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

    /// <summary>Solves the eigenvalue problem, which grows with the cube of the columns.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static PrincipalAxes Of(Moments moments, CancellationToken ct)
    {
        var width = moments.Width;
        var spectrum = SymmetricEigen.Of(moments.Covariance, width, ct);
        int[] order = [.. Enumerable.Range(0, width).OrderByDescending(i => spectrum.Values[i])];
        var variances = new double[width];
        var axes = new double[width * width];
        for (var component = 0; component < width; component++)
        {
            // Rounding makes a zero slightly negative.
            variances[component] = Math.Max(spectrum.Values[order[component]], 0);

            // A vector and its negative are equally good; the largest part is made positive, so that the same rows give the same signs.
            var vector = spectrum.Vectors.AsSpan(order[component] * width, width);
            var sign = vector[TensorPrimitives.IndexOfMaxMagnitude<double>(vector)] < 0 ? -1.0 : 1;
            TensorPrimitives.Multiply<double>(vector, sign, axes.AsSpan(component * width, width));
        }

        return new PrincipalAxes(variances, axes);
    }
}
