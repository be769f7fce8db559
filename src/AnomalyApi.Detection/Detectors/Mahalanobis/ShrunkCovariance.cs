using System.Numerics.Tensors;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Mean and shrunk covariance of some rows, and the distance they define. Immutable.</summary>
internal sealed class ShrunkCovariance
{
    // Variance of rows that have none at all.
    private const double LeastVariance = 1e-12;

    private ShrunkCovariance(SquaredProjection distance, double shrinkage, double logDeterminant)
    {
        Distance = distance;
        Shrinkage = shrinkage;
        LogDeterminant = logDeterminant;
    }

    /// <summary>Squared distances: its factor is the inverse of the lower Cholesky factor.</summary>
    public SquaredProjection Distance { get; }

    /// <summary>Share of the covariance that was replaced, 0 to 1.</summary>
    public double Shrinkage { get; }

    public double LogDeterminant { get; }

    /// <param name="members">Numbers of the rows that count, at least 1.</param>
    /// <param name="shrinkage">The share; null when the options choose it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ShrunkCovariance Of(
        FeatureMatrix rows, ReadOnlySpan<int> members, MahalanobisOptions options, double? shrinkage, CancellationToken ct)
    {
        var moments = Moments.Of(rows, members, ct);
        var width = moments.Width;
        var (covariance, trace) = (moments.Covariance, 0.0);
        for (var column = 0; column < width; column++)
            trace += covariance[column * width + column];

        var share = shrinkage ?? Math.Max(options.LeastShrinkage, Share(rows, members, moments, trace / width, options.Shrinkage, ct));
        for (var at = 0; at < covariance.Length; at++)
            covariance[at] *= 1 - share;

        var ridge = Math.Max(share * trace / width, LeastVariance);
        for (var column = 0; column < width; column++)
            covariance[column * width + column] += ridge;

        var logDeterminant = Factorise(covariance, width, ridge, ct);
        InvertLower(covariance, width, ct);
        return new ShrunkCovariance(
            new SquaredProjection(
                Array.ConvertAll(moments.Mean, value => (float)value),
                Array.ConvertAll(covariance, value => (float)Math.Clamp(value, float.MinValue, float.MaxValue))),
            share,
            logDeterminant);
    }

    private static double Share(
        FeatureMatrix rows, ReadOnlySpan<int> members, Moments moments, double variance, CovarianceShrinkage kind, CancellationToken ct)
    {
        if (kind == CovarianceShrinkage.None)
            return 0;

        double width = moments.Width, count = members.Length, squares = 0;
        foreach (var value in moments.Covariance)
            squares += value * value;

        // Squared distance from the target, in the norm of the sum over all elements.
        var spread = squares - width * variance * variance;
        if (!(spread > 0))
            return 1;

        if (kind == CovarianceShrinkage.Oas)
            return Math.Min(1, ((1 - 2 / width) * squares + width * width * variance * variance) / ((count + 1 - 2 / width) * spread));

        var fourth = 0.0;
        for (var i = 0; i < members.Length; i++)
        {
            if (i % 1024 == 0)
                ct.ThrowIfCancellationRequested();

            var values = rows.Row(members[i]);
            var length = 0.0;
            for (var column = 0; column < values.Length; column++)
            {
                var centred = values[column] - moments.Mean[column];
                length += centred * centred;
            }

            fourth += length * length;
        }

        // The mean of |x x' - S|^2 is the mean of |x|^4 less |S|^2.
        return Math.Clamp((fourth / count - squares) / count / spread, 0, 1);
    }

    /// <summary>Replaces a matrix by its lower Cholesky factor, row by row; the upper triangle becomes 0.</summary>
    /// <param name="ridge">No variance left over is taken to be less than a part of this, which only rounding could make it.</param>
    /// <returns>Logarithm of the determinant.</returns>
    private static double Factorise(double[] matrix, int width, double ridge, CancellationToken ct)
    {
        var logDeterminant = 0.0;
        for (var row = 0; row < width; row++)
        {
            ct.ThrowIfCancellationRequested();
            var target = matrix.AsSpan(row * width, width);
            for (var column = 0; column <= row; column++)
            {
                var sum = target[column] - TensorPrimitives.Dot<double>(target[..column], matrix.AsSpan(column * width, column));
                target[column] = column < row ? sum / matrix[column * width + column] : Math.Sqrt(Math.Max(sum, ridge * 1e-3));
            }

            target[(row + 1)..].Clear();
            logDeterminant += 2 * Math.Log(target[row]);
        }

        return logDeterminant;
    }

    /// <summary>Replaces a lower triangular matrix by its inverse, which is one too.</summary>
    private static void InvertLower(double[] matrix, int width, CancellationToken ct)
    {
        // Row i of the inverse is (e_i - sum over k below i of L[i, k] times row k of the inverse) / L[i, i]; those rows are done already.
        var inverse = new double[width];
        for (var row = 0; row < width; row++)
        {
            ct.ThrowIfCancellationRequested();
            var target = matrix.AsSpan(row * width, width);
            Array.Clear(inverse);
            for (var k = 0; k < row; k++)
            {
                var part = inverse.AsSpan(0, k + 1);
                TensorPrimitives.MultiplyAdd<double>(matrix.AsSpan(k * width, k + 1), -target[k], part, part);
            }

            var diagonal = target[row];
            for (var column = 0; column < row; column++)
                target[column] = inverse[column] / diagonal;

            target[row] = 1 / diagonal;
        }
    }
}
