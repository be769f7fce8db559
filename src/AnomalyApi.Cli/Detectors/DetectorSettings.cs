using AnomalyApi.Detection;

namespace AnomalyApi.Cli.Detectors;

/// <summary>The detectors a command line names, with the options it sets.</summary>
internal static class DetectorSettings
{
    public const string All = "all";

    /// <summary>The detectors of those names, each once, in the order given.</summary>
    /// <param name="names">Names; <c>all</c> stands for the catalog.</param>
    /// <exception cref="CommandException">There is no such detector.</exception>
    public static IReadOnlyList<DetectorDescriptor> Find(IReadOnlyList<string> names)
    {
        try
        {
            return [.. names.SelectMany(name => name.Equals(All, StringComparison.OrdinalIgnoreCase) ? DetectorCatalog.All : [DetectorCatalog.Get(name)]).DistinctBy(detector => detector.Name)];
        }
        catch (ArgumentException fault)
        {
            // Without the parameter's name, which means nothing to the user.
            throw new CommandException(fault.Message.Split(" (Parameter")[0], fault);
        }
    }

    /// <summary>Options for each of the detectors: the defaults, and what was set.</summary>
    /// <param name="detectors">The detectors.</param>
    /// <param name="settings"><c>option=value</c> for all that have the option, <c>detector.option=value</c> for one.</param>
    /// <exception cref="CommandException">A setting is none, no detector has the option, or the value is not allowed.</exception>
    public static IReadOnlyList<object> Apply(IReadOnlyList<DetectorDescriptor> detectors, IReadOnlyList<string> settings)
    {
        object[] options = [.. detectors.Select(detector => Activator.CreateInstance(detector.OptionsType)!)];
        foreach (var setting in settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw new CommandException($"--set {setting}: write option=value, or detector.option=value.");

            var dot = setting.IndexOf('.', 0, equals);
            var (detector, option, value) = (dot < 0 ? null : setting[..dot], setting[(dot + 1)..equals].Trim(), setting[(equals + 1)..].Trim());
            Apply(detectors, options, setting, detector, option, value);
        }

        // What no single option can say: combinations that are too large, for example.
        for (var i = 0; i < options.Length; i++)
            Check(detectors[i], options[i]);

        return options;
    }

    private static void Apply(
        IReadOnlyList<DetectorDescriptor> detectors, object[] options, string setting, string? detector, string name, string value)
    {
        if (detector is not null && detectors.All(known => known.Name != detector))
            throw new CommandException($"--set {setting}: '{detector}' is not among the detectors to evaluate: {string.Join(", ", detectors.Select(known => known.Name))}.");

        var isSet = false;
        for (var i = 0; i < detectors.Count; i++)
        {
            if (detector is not null && detectors[i].Name != detector)
                continue;

            if (DetectorOption.Of(detectors[i]).FirstOrDefault(known => known.IsCalled(name)) is not { } option)
                continue;

            isSet = true;
            try
            {
                option.Set(options[i], value);
            }
            catch (Exception fault) when (fault is FormatException or OverflowException or InvalidCastException)
            {
                throw new CommandException($"--set {setting}: '{option.Name}' of {detectors[i].Name} cannot be '{value}'; allowed: {option.Allowed}.", fault);
            }
        }

        if (!isSet)
        {
            var named = detectors.Where(known => detector is null || known.Name == detector);
            throw new CommandException($"--set {setting}: there is no option '{name}'. {string.Join(" ", named.Select(Options))}");
        }
    }

    private static string Options(DetectorDescriptor detector)
    {
        var options = DetectorOption.Of(detector);
        return options.Count == 0
            ? $"{detector.Name} has no options."
            : $"{detector.Name} has {string.Join(", ", options.Select(option => $"{option.Name} ({option.Allowed})"))}.";
    }

    private static void Check(DetectorDescriptor detector, object options)
    {
        try
        {
            detector.Create(options);
        }
        catch (ArgumentException fault)
        {
            throw new CommandException($"{detector.Name}: {fault.Message.Split(" (Parameter")[0]}", fault);
        }
    }
}
