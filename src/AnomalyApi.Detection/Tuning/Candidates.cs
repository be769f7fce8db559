using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection.Tuning;

/// <summary>Takes the options to try from a search space.</summary>
internal static class Candidates
{
    // Draws that are refused, because options do not go together, or that were drawn before.
    private const int MaxVainDraws = 100;

    /// <summary>Different options, at most as many as trials, that go together; the first are those given.</summary>
    public static List<object> Of(SearchSpace space, object options, TuningSettings settings, ulong seed)
    {
        var random = new SeededRandom(seed);
        var candidates = new List<object> { options };
        var seen = new HashSet<string> { Key(space, options) };
        if (settings.Search == SearchMethod.Grid)
        {
            foreach (var point in Grid(space, settings, ref random))
                Add(point);

            return candidates;
        }

        for (var vain = 0; candidates.Count < settings.Trials && vain < MaxVainDraws; vain++)
        {
            var point = new Dictionary<string, object?>();
            foreach (var parameter in space.Parameters)
                point[parameter.Name] = parameter.At(random.NextDouble());

            if (Add(point))
                vain = 0;
        }

        return candidates;

        bool Add(Dictionary<string, object?> point)
        {
            var candidate = space.Configure(options, point);
            var isNew = candidates.Count < settings.Trials
                && Validator.TryValidateObject(candidate, new ValidationContext(candidate), null, validateAllProperties: true)
                && seen.Add(Key(space, candidate));
            if (isNew)
                candidates.Add(candidate);

            return isNew;
        }
    }

    /// <summary>All points of the grid in order, or, when they are far more than trials, points drawn from it.</summary>
    private static List<Dictionary<string, object?>> Grid(SearchSpace space, TuningSettings settings, ref SeededRandom random)
    {
        var axes = space.Parameters.Select(parameter => parameter.Grid(settings.GridSteps)).ToArray();
        var size = axes.Aggregate(1.0, (product, axis) => product * axis.Length);
        var points = new List<Dictionary<string, object?>>();
        if (size <= settings.Trials)
        {
            for (var number = 0; number < (int)size; number++)
            {
                var rest = number;
                var point = new Dictionary<string, object?>();
                for (var axis = axes.Length - 1; axis >= 0; rest /= axes[axis].Length, axis--)
                    point[space.Parameters[axis].Name] = axes[axis][rest % axes[axis].Length];

                points.Add(point);
            }

            return points;
        }

        // Twice as many as needed and a few more: some will be drawn twice or refused.
        for (var draw = 0; draw < 2 * settings.Trials + MaxVainDraws; draw++)
        {
            var point = new Dictionary<string, object?>();
            for (var axis = 0; axis < axes.Length; axis++)
                point[space.Parameters[axis].Name] = axes[axis][random.NextBelow(axes[axis].Length)];

            points.Add(point);
        }

        return points;
    }

    // Without a format: numbers are written so that they read back the same, and enumerations refuse the format of numbers.
    private static string Key(SearchSpace space, object options) =>
        string.Join('\n', space.ValuesOf(options).Select(pair => FormattableString.Invariant($"{pair.Key}={pair.Value}")));
}
