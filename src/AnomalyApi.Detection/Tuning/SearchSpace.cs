using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace AnomalyApi.Detection.Tuning;

/// <summary>The options of a detector that are searched, and the values they may take. Immutable.</summary>
public sealed class SearchSpace
{
    // Ranges of options say what is possible. Beyond this factor from the default little is gained and fits take hours.
    private const double Reach = 8;
    private const double WideRatio = 100;

    private readonly Type _optionsType;

    private SearchSpace(Type optionsType, IReadOnlyList<SearchParameter> parameters)
    {
        _optionsType = optionsType;
        Parameters = parameters;
    }

    /// <summary>The options searched, in the order the type declares them.</summary>
    public IReadOnlyList<SearchParameter> Parameters { get; }

    /// <summary>The space that the options type of a detector declares.</summary>
    /// <remarks>Searched are: numbers with a <see cref="RangeAttribute"/>, over that range when its ends are less than a factor of 100 apart, else by
    /// orders of magnitude within a factor of 8 of the default; enumerations; yes or no. An option whose range is wide and whose default is 0,
    /// which stands for "automatic" or "none", is left alone, and so is any other.</remarks>
    public static SearchSpace Of(DetectorDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var defaults = Activator.CreateInstance(descriptor.OptionsType)!;
        return new SearchSpace(
            descriptor.OptionsType,
            [.. descriptor.OptionsType.GetProperties().Select(option => Declared(option, defaults)).OfType<SearchParameter>()]);
    }

    /// <summary>The same space with a range for one option, whether searched before or not.</summary>
    /// <exception cref="ArgumentException">There is no such option, it is no number, or the range is empty.</exception>
    public SearchSpace WithRange(string name, double minimum, double maximum, bool isLogarithmic = false)
    {
        var type = TypeOf(Option(name));
        return IsNumber(type)
            ? With(SearchParameter.OfRange(Option(name).Name, type, minimum, maximum, isLogarithmic))
            : throw new ArgumentException($"Option '{name}' is no number.", nameof(name));
    }

    /// <summary>The same space with a list of values for one option, whether searched before or not.</summary>
    /// <exception cref="ArgumentException">There is no such option, there are no values, or one is not of its type.</exception>
    public SearchSpace WithChoices(string name, params IReadOnlyList<object> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var type = TypeOf(Option(name));
        foreach (var value in values)
        {
            if (!type.IsInstanceOfType(value))
                throw new ArgumentException($"'{value}' is no {type.Name}, as option '{name}' is.", nameof(values));
        }

        return With(SearchParameter.OfChoices(Option(name).Name, type, values));
    }

    /// <summary>The same space without these options, which then keep the value the search starts with.</summary>
    /// <exception cref="ArgumentException">There is no such option.</exception>
    public SearchSpace Without(params IReadOnlyList<string> names)
    {
        var options = names.Select(name => Option(name).Name).ToHashSet();
        return new SearchSpace(_optionsType, [.. Parameters.Where(parameter => !options.Contains(parameter.Name))]);
    }

    /// <summary>The same space with only these options.</summary>
    /// <exception cref="ArgumentException">There is no such option.</exception>
    public SearchSpace Only(params IReadOnlyList<string> names)
    {
        var options = names.Select(name => Option(name).Name).ToHashSet();
        return new SearchSpace(_optionsType, [.. Parameters.Where(parameter => options.Contains(parameter.Name))]);
    }

    /// <summary>A copy of options with other values.</summary>
    internal object Configure(object options, IReadOnlyDictionary<string, object?> values)
    {
        var configured = Activator.CreateInstance(_optionsType)!;
        foreach (var option in _optionsType.GetProperties().Where(property => property.CanWrite))
            option.SetValue(configured, values.TryGetValue(option.Name, out var value) ? value : option.GetValue(options));

        return configured;
    }

    internal IReadOnlyDictionary<string, object?> ValuesOf(object options) =>
        Parameters.ToDictionary(parameter => parameter.Name, parameter => Option(parameter.Name).GetValue(options));

    private SearchSpace With(SearchParameter parameter)
    {
        List<SearchParameter> parameters = [.. Parameters];
        var place = parameters.FindIndex(known => known.Name == parameter.Name);
        if (place < 0)
            parameters.Add(parameter);
        else
            parameters[place] = parameter;

        return new SearchSpace(_optionsType, parameters);
    }

    private PropertyInfo Option(string name)
    {
        var options = _optionsType.GetProperties().Where(property => property.CanWrite).ToArray();
        return options.FirstOrDefault(option => option.Name == name)
            ?? throw new ArgumentException($"'{name}' is not one of: {string.Join(", ", options.Select(option => option.Name))}.", nameof(name));
    }

    private static Type TypeOf(PropertyInfo option) => Nullable.GetUnderlyingType(option.PropertyType) ?? option.PropertyType;

    private static bool IsNumber(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(float) || type == typeof(double);

    private static SearchParameter? Declared(PropertyInfo option, object defaults)
    {
        var type = TypeOf(option);
        if (!option.CanWrite)
            return null;

        if (type == typeof(bool))
            return SearchParameter.OfChoices(option.Name, type, [false, true]);

        if (type.IsEnum)
            return SearchParameter.OfChoices(option.Name, type, [.. Enum.GetValues(type).Cast<object>()]);

        if (!IsNumber(type) || option.GetCustomAttribute<RangeAttribute>() is not { } range || option.GetValue(defaults) is not { } preset)
            return null;

        var (minimum, maximum, start) = (ToDouble(range.Minimum), ToDouble(range.Maximum), ToDouble(preset));
        var isWide = maximum >= WideRatio * (minimum > 0 ? minimum : start);
        if (!isWide || minimum < 0)
            return SearchParameter.OfRange(option.Name, type, minimum, maximum, isLogarithmic: false);

        return start > 0
            ? SearchParameter.OfRange(option.Name, type, Math.Max(minimum, start / Reach), Math.Min(maximum, start * Reach), isLogarithmic: true)
            : null;
    }

    private static double ToDouble(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
