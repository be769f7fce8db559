using System.Numerics.Tensors;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Finds the minimum of a smooth convex objective from zero on.</summary>
/// <remarks>
/// Lin, Weng and Keerthi, Trust Region Newton Method for Large-Scale Logistic Regression, JMLR 9, 2008, algorithm 1 with the constants of its
/// section 3; a step is found by Steihaug's conjugate gradients, algorithm 2. A step never leaves the ball within which the quadratic model has
/// proved true, so it converges from afar where plain Newton steps (IRLS) oscillate.
/// </remarks>
internal static class TrustRegionNewton
{
    // The gradient has come down to this share of what it was at zero.
    private const double Tolerance = 1e-6;
    private const double InnerTolerance = 0.1;
    private const int MaxInner = 200;

    /// <summary>The point where the gradient has all but vanished, or the best after so many steps.</summary>
    public static double[] Minimise(LogisticObjective objective, int maxIterations, IProgress<double>? progress)
    {
        var length = objective.Length;
        double[] point = new double[length], trial = new double[length], step = new double[length];
        double[] gradient = new double[length], trialGradient = new double[length], residual = new double[length];
        var value = objective.Evaluate(point, gradient);
        objective.Accept();
        var firstNorm = Norm(gradient);
        var radius = firstNorm;
        for (var iteration = 0; iteration < maxIterations && Norm(gradient) > Tolerance * firstNorm; iteration++)
        {
            FindStep(objective, gradient, radius, step, residual);
            TensorPrimitives.Add(point, step, trial);
            var trialValue = objective.Evaluate(trial, trialGradient);

            // With r = -g - H s, the model's fall is -(g s + s H s / 2) = (s r - g s) / 2.
            var slope = Dot(gradient, step);
            var promised = (Dot(step, residual) - slope) / 2;
            var fall = value - trialValue;
            if (!(promised > 0) || Math.Abs(fall) <= 1e-15 * Math.Abs(value))
                break;

            radius = NextRadius(radius, Norm(step), fall, promised, slope, iteration == 0);
            if (fall > 1e-4 * promised)
            {
                (point, trial) = (trial, point);
                (gradient, trialGradient) = (trialGradient, gradient);
                value = trialValue;
                objective.Accept();
            }

            progress?.Report(Share(Norm(gradient) / firstNorm));
        }

        return point;
    }

    private static double NextRadius(double radius, double stepNorm, double fall, double promised, double slope, bool isFirst)
    {
        radius = isFirst ? Math.Min(radius, stepNorm) : radius;

        // The minimum along the step of the parabola through both values and the slope, as a share of the step.
        var share = fall + slope >= 0 ? 4 : Math.Max(0.25, 0.5 * slope / (fall + slope));
        return (fall / promised) switch
        {
            < 1e-4 => Math.Min(Math.Max(share, 0.25) * stepNorm, 0.5 * radius),
            < 0.25 => Math.Max(0.25 * radius, Math.Min(share * stepNorm, 0.5 * radius)),
            < 0.75 => Math.Max(0.25 * radius, Math.Min(share * stepNorm, 4 * radius)),
            _ => Math.Max(radius, Math.Min(share * stepNorm, 4 * radius)),
        };
    }

    /// <summary>Conjugate gradients for H s = -g, ended at the edge of the ball.</summary>
    private static void FindStep(LogisticObjective objective, double[] gradient, double radius, double[] step, double[] residual)
    {
        Array.Clear(step);
        TensorPrimitives.Negate(gradient, residual);
        var direction = (double[])residual.Clone();
        var product = new double[direction.Length];
        var square = Dot(residual, residual);
        var enough = InnerTolerance * Norm(gradient);
        for (var inner = 0; inner < MaxInner && Math.Sqrt(square) > enough; inner++)
        {
            objective.MultiplyHessian(direction, product);
            var bend = Dot(direction, product);
            var along = bend > 0 ? square / bend : double.PositiveInfinity;
            var toEdge = ToEdge(step, direction, radius);
            var taken = Math.Min(along, toEdge);
            for (var i = 0; i < step.Length; i++)
            {
                step[i] += taken * direction[i];
                residual[i] -= taken * product[i];
            }

            if (along >= toEdge)
                return;

            var next = Dot(residual, residual);
            for (var i = 0; i < direction.Length; i++)
                direction[i] = residual[i] + next / square * direction[i];

            square = next;
        }
    }

    /// <summary>The positive t at which |step + t direction| is the radius.</summary>
    private static double ToEdge(double[] step, double[] direction, double radius)
    {
        var a = Dot(direction, direction);
        var b = Dot(step, direction);
        var c = Math.Max(0, radius * radius - Dot(step, step));
        var root = Math.Sqrt(b * b + a * c);

        // The form in which nothing cancels.
        return b >= 0 ? (c == 0 ? 0 : c / (b + root)) : (root - b) / a;
    }

    private static double Share(double left) => Math.Clamp(Math.Log(left) / Math.Log(Tolerance), 0, 1);

    private static double Norm(double[] values) => Math.Sqrt(Dot(values, values));

    // One after another: the same bits on every machine, and no time beside a pass over the rows.
    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];

        return sum;
    }
}
