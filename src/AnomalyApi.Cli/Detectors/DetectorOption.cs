using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using AnomalyApi.Detection;

namespace AnomalyApi.Cli.Detectors;

/// <summary>An option of a detector that can be written as text.</summary>
internal sealed class DetectorOption
{
    private readonly PropertyInfo _property;
    private readonly Type _type;

    private DetectorOption(PropertyInfo property, object defaults)
    {
        _property = property;
        _type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Default = property.GetValue(defaults);
        var range = property.GetCustomAttribute<RangeAttribute>();
        (Minimum, Maximum) = (range?.Minimum, range?.Maximum);
        Choices = _type.IsEnum ? [.. Enum.GetNames(_type).Select(JsonNamingPolicy.KebabCaseLower.ConvertName)]
            : _type == typeof(bool) ? ["false", "true"]
            : [];
    }

    /// <summary>As in JSON: snake_case.</summary>
    public string Name => JsonNamingPolicy.SnakeCaseLower.ConvertName(_property.Name);

    /// <summary>Its value when it is not set; null for one that the detector finds itself.</summary>
    public object? Default { get; }

    /// <summary>Least and greatest number; null when there is no bound.</summary>
    public object? Minimum { get; }

    /// <inheritdoc cref="Minimum"/>
    public object? Maximum { get; }

    /// <summary>The values allowed; empty for numbers and texts.</summary>
    public IReadOnlyList<string> Choices { get; }

    /// <summary>What may be written, in words.</summary>
    public string Allowed =>
        Choices.Count > 0 ? string.Join(", ", Choices)
        : Minimum is null ? _type == typeof(string) ? "text" : IsWhole ? "a whole number" : "a number"
        : $"{ValueText(Minimum)} to {ValueText(Maximum)}{(IsWhole ? ", whole" : "")}";

    private bool IsWhole => _type == typeof(int) || _type == typeof(long);

    /// <summary>The options of a detector, in the order they are declared.</summary>
    public static IReadOnlyList<DetectorOption> Of(DetectorDescriptor detector)
    {
        var defaults = Activator.CreateInstance(detector.OptionsType)!;
        return [.. detector.OptionsType.GetProperties().Where(property => property.CanWrite && IsWritable(property.PropertyType)).Select(
            property => new DetectorOption(property, defaults))];
    }

    /// <summary>Whether that is what somebody means: case, dashes and underscores do not count.</summary>
    public bool IsCalled(string name) => Plain(name).Equals(_property.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Its value in options.</summary>
    public object? ValueOf(object options) => _property.GetValue(options);

    /// <summary>Sets the option.</summary>
    /// <exception cref="FormatException">The text is no allowed value.</exception>
    public void Set(object options, string text)
    {
        if (text.Length == 0 && Default is null)
            _property.SetValue(options, null);
        else
            _property.SetValue(options, Parse(text));
    }

    public static string ValueText(object? value) => value switch
    {
        null => "auto",
        bool yes => yes ? "true" : "false",
        Enum name => JsonNamingPolicy.KebabCaseLower.ConvertName(name.ToString()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private object Parse(string text)
    {
        if (_type.IsEnum)
        {
            // By name alone: Enum.Parse would take a number too, which says nothing to a reader.
            var name = Enum.GetNames(_type).FirstOrDefault(known => known.Equals(Plain(text), StringComparison.OrdinalIgnoreCase));
            return name is null ? throw new FormatException() : Enum.Parse(_type, name);
        }

        var value = Convert.ChangeType(text, _type, CultureInfo.InvariantCulture);
        return value is string || Minimum is null || IsInRange(value) ? value : throw new FormatException();
    }

    private bool IsInRange(object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return number >= Convert.ToDouble(Minimum, CultureInfo.InvariantCulture) && number <= Convert.ToDouble(Maximum, CultureInfo.InvariantCulture);
    }

    private static bool IsWritable(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum || type == typeof(bool) || type == typeof(int) || type == typeof(long) || type == typeof(float) || type == typeof(double)
            || type == typeof(string);
    }

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}
