using System.Numerics.Tensors;

namespace AnomalyApi.Detection.Kernels;

/// <summary>Mean and covariance of rows, in double. Immutable.</summary>
internal sealed class Moments
{
    // Rows between two looks at the token; at 1,000 columns about 50 ms.
    private const int RowsBetweenChecks = 128;

    private Moments(double[] mean, double[] covariance)
    {
        Mean = mean;
        Covariance = covariance;
    }

    /// <summary>d values.</summary>
    public double[] Mean { get; }

    /// <summary>Shape [d, d], symmetric; divided by the number of rows.</summary>
    public double[] Covariance { get; }

    public int Width => Mean.Length;

    /// <summary>Moments of the rows named by <paramref name="members"/>, at least 1, whose values are finite.</summary>
    /// <remarks>Two passes: means first, then products of what is left after subtracting them, so that a large mean costs no digits.</remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Moments Of(FeatureMatrix rows, ReadOnlySpan<int> members, CancellationToken ct)
    {
        var width = rows.ColumnCount;
        var mean = new double[width];
        var centred = new double[width];
        for (var i = 0; i < members.Length; i++)
        {
            if (i % RowsBetweenChecks == 0)
                ct.ThrowIfCancellationRequested();

            TensorPrimitives.ConvertChecked<float, double>(rows.Row(members[i]), centred);
            TensorPrimitives.Add<double>(mean, centred, mean);
        }

        TensorPrimitives.Divide<double>(mean, members.Length, mean);

        // The upper triangle; the lower one is its mirror.
        var covariance = new double[width * width];
        for (var i = 0; i < members.Length; i++)
        {
            if (i % RowsBetweenChecks == 0)
                ct.ThrowIfCancellationRequested();

            TensorPrimitives.ConvertChecked<float, double>(rows.Row(members[i]), centred);
            TensorPrimitives.Subtract<double>(centred, mean, centred);
            for (var column = 0; column < width; column++)
            {
                if (centred[column] == 0)
                    continue;

                var target = covariance.AsSpan(column * width + column, width - column);
                TensorPrimitives.FusedMultiplyAdd<double>(centred.AsSpan(column), centred[column], target, target);
            }
        }

        for (var column = 0; column < width; column++)
        {
            for (var other = column; other < width; other++)
                covariance[other * width + column] = covariance[column * width + other] /= members.Length;
        }

        return new Moments(mean, covariance);
    }

    /// <summary>Moments of all rows.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Moments Of(FeatureMatrix rows, CancellationToken ct) => Of(rows, [.. Enumerable.Range(0, rows.RowCount)], ct);
}
