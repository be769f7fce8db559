using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AnomalyApi.Platform;

namespace AnomalyApi.Tests.Platform;

/// <summary>What the documentation of one option says, held against what is in force.</summary>
internal sealed partial record OptionWords(PropertyInfo Option, string Text)
{
    private const string Amount = @"[0-9]+([,.][0-9]+)*( (ms|s|min|hours?|days?|years?|MiB|GiB)\b)?";

    // Their defaults are told by their effect.
    private static readonly string[] Described = ["MaxThreads", "DefaultSchedule", "LocalNetworks", "Groups", "Endpoints", "AllowedExporters", "Sensors", "Provider", "ConnectionString"];

    public static IReadOnlyList<Type> Types { get; } =
    [
        .. typeof(StorageSettings).Assembly.GetTypes().Where(type =>
            (type.Name.EndsWith("Options", StringComparison.Ordinal) || type == typeof(StorageSettings)) && type is { IsClass: true, IsNested: false }),
    ];

    public static IEnumerable<OptionWords> All()
    {
        var docs = XDocument.Load(Path.ChangeExtension(typeof(StorageSettings).Assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(member => (string)member.Attribute("name")!, member => Spaces().Replace(member.Element("summary")?.Value ?? "", " ").Trim());
        return Types.SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(option => option.CanWrite)
            .Select(option => new OptionWords(option, docs.GetValueOrDefault($"P:{option.DeclaringType!.FullName}.{option.Name}", "")));
    }

    public void Check()
    {
        Assert.True(Text.Length > 0, $"{this} is not documented.");
        if (Option.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            var words = RangeText().Match(Text);
            Assert.True(words.Success, $"{this} does not say 'from ... to ...'.");
            Same(Number(range.Minimum), Quantity(words.Groups["low"].Value));
            Same(Number(range.Maximum), Quantity(words.Groups["high"].Value));
        }
        else
        {
            Assert.False(Option.PropertyType == typeof(int) || Option.PropertyType == typeof(long) || Option.PropertyType == typeof(TimeSpan), $"{this} has no range.");
        }

        if (Described.Contains(Option.Name))
        {
            return;
        }

        var standing = DefaultText().Match(Text);
        Assert.True(standing.Success, $"{this} does not say 'The default is ...'.");
        var value = Option.GetValue(Activator.CreateInstance(Option.DeclaringType!));
        if (value is string or bool)
        {
            Assert.Equal(value.ToString(), standing.Groups["value"].Value, ignoreCase: true);
        }
        else
        {
            Same(Number(value!), Quantity(standing.Groups["value"].Value));
        }
    }

    /// <summary>A number with its unit, in bytes or seconds.</summary>
    public static double Quantity(string text)
    {
        var match = QuantityText().Match(text);
        Assert.True(match.Success, $"'{text}' is no quantity.");
        return double.Parse(match.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * match.Groups["unit"].Value.TrimEnd('s') switch
        {
            // No unit, and "s" without its s.
            "" => 1,
            "m" => 0.001,
            "min" => 60,
            "hour" => 3600,
            "day" => 86400,
            "year" => 365.25 * 86400,
            "MiB" => 1024 * 1024,
            "GiB" => 1024 * 1024 * 1024,
            var unit => throw new InvalidOperationException($"The unit '{unit}' is not known."),
        };
    }

    public override string ToString() => $"{Option.DeclaringType!.Name}.{Option.Name} ('{Text}')";

    private static double Number(object value) => value switch
    {
        TimeSpan span => span.TotalSeconds,
        string text => TimeSpan.Parse(text, CultureInfo.InvariantCulture).TotalSeconds,
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
    };

    // A tenth of a percent: ten years have two or three leap days.
    private void Same(double inForce, double said) =>
        Assert.True(Math.Abs(inForce - said) <= Math.Abs(inForce) * 0.001, $"{this} says {said}, but {inForce} is in force.");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex($"from (?<low>{Amount}) to (?<high>{Amount})")]
    private static partial Regex RangeText();

    [GeneratedRegex($"[Tt]he default is (?<value>{Amount}|[A-Za-z-]+)")]
    private static partial Regex DefaultText();

    [GeneratedRegex(@"^(?<number>[0-9][0-9,.]*?)( (?<unit>[a-zA-Z]+))?$")]
    private static partial Regex QuantityText();
}
