using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using static System.FormattableString;

namespace AnomalyApi.Models;

/// <summary>An option of a detector.</summary>
/// <param name="Name">Its name in a training's <c>options</c>.</param>
/// <param name="Default">Its value when it is left out.</param>
/// <param name="Minimum">Least value; null when there is no bound.</param>
/// <param name="Maximum">Greatest value; null when there is no bound.</param>
/// <param name="Choices">The words that are allowed; null where any number or text in the range is.</param>
internal sealed record DetectorOptionView(string Name, object? Default, object? Minimum, object? Maximum, IReadOnlyList<string>? Choices)
{
    /// <param name="property">The option in its record.</param>
    /// <param name="defaults">A record with every default.</param>
    public static DetectorOptionView Of(PropertyInfo property, object defaults)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        var type = property.PropertyType;
        return new DetectorOptionView(
            JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name),
            property.GetValue(defaults),
            range?.Minimum,
            range?.Maximum,
            type.IsEnum ? Array.ConvertAll(Enum.GetNames(type), JsonNamingPolicy.SnakeCaseLower.ConvertName) : null);
    }

    /// <summary>What is allowed, in words.</summary>
    public string Allowed() =>
        Choices is not null ? string.Join(" | ", Choices)
        : Minimum is not null ? Invariant($"{Minimum} to {Maximum}")
        : Default is bool ? "true | false"
        : "text";
}
