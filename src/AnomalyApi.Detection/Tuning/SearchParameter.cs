using System.Globalization;

namespace AnomalyApi.Detection.Tuning;

/// <summary>One option that is searched, and the values it may take: a list of choices, or a range of numbers. Immutable.</summary>
public sealed record SearchParameter
{
    private SearchParameter(string name, Type type)
    {
        Name = name;
        Type = type;
    }

    /// <summary>Name of the option.</summary>
    public string Name { get; }

    /// <summary>Type of the values: of the option, without "or null".</summary>
    public Type Type { get; }

    /// <summary>The values; null when there is a range.</summary>
    public IReadOnlyList<object>? Choices { get; private init; }

    /// <summary>Smallest value of a range.</summary>
    public double Minimum { get; private init; }

    /// <summary>Largest value of a range.</summary>
    public double Maximum { get; private init; }

    /// <summary>Whether a range is searched by orders of magnitude.</summary>
    public bool IsLogarithmic { get; private init; }

    internal static SearchParameter OfChoices(string name, Type type, IReadOnlyList<object> choices) =>
        choices.Count > 0
            ? new SearchParameter(name, type) { Choices = choices }
            : throw new ArgumentException($"Option '{name}' has no values to choose from.", nameof(choices));

    internal static SearchParameter OfRange(string name, Type type, double minimum, double maximum, bool isLogarithmic)
    {
        if (!(minimum <= maximum) || !double.IsFinite(minimum) || !double.IsFinite(maximum) || (isLogarithmic && minimum <= 0))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Option '{name}' cannot be searched from {minimum} to {maximum}{(isLogarithmic ? " by orders of magnitude" : "")}."));
        }

        return new SearchParameter(name, type) { Minimum = minimum, Maximum = maximum, IsLogarithmic = isLogarithmic };
    }

    /// <summary>The value at a place, 0 to 1, of the range or among the choices.</summary>
    internal object At(double place)
    {
        if (Choices is not null)
            return Choices[Math.Min((int)(place * Choices.Count), Choices.Count - 1)];

        var value = IsLogarithmic
            ? Minimum * Math.Pow(Maximum / Minimum, place)
            : Minimum + place * (Maximum - Minimum);
        value = Math.Clamp(Type == typeof(double) || Type == typeof(float) ? value : Math.Round(value), Minimum, Maximum);
        return Convert.ChangeType(value, Type, CultureInfo.InvariantCulture);
    }

    /// <summary>All choices, or evenly spaced values of the range, ends included.</summary>
    internal object[] Grid(int steps) =>
        Choices is not null ? [.. Choices] : [.. Enumerable.Range(0, steps).Select(step => At(step / (steps - 1.0))).Distinct()];
}
