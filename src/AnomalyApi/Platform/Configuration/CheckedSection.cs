using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Platform.Configuration;

/// <summary>
/// Binds one section and checks it: unknown names, values that do not convert, ranges. Every fault names the whole key, as it is typed, and what
/// is allowed.
/// </summary>
internal sealed class CheckedSection<TOptions>(IConfiguration configuration, string section) : IConfigureOptions<TOptions>, IValidateOptions<TOptions>
    where TOptions : class
{
    private static readonly PropertyInfo[] Settings = typeof(TOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <exception cref="OptionsValidationException">A name is not known or a value does not convert.</exception>
    public void Configure(TOptions options)
    {
        var values = configuration.GetSection(section);
        var faults = new List<string>();
        if (values.Value is { Length: > 0 } text)
        {
            faults.Add($"{section} is a section, not a value: '{text}'. Its settings are: {Names()}.");
        }

        foreach (var child in values.GetChildren())
        {
            if (Array.Find(Settings, setting => setting.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is not { } known)
            {
                faults.Add($"{section}:{child.Key} is not a setting. Allowed are: {Names()}.");
            }
            else if (Fault(child, known) is { } fault)
            {
                faults.Add(fault);
            }
        }

        if (faults.Count > 0)
        {
            throw new OptionsValidationException(section, typeof(TOptions), faults);
        }

        values.Bind(options);
    }

    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var faults = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(faults.Select(Text));
    }

    private static string? Fault(IConfigurationSection value, PropertyInfo setting)
    {
        try
        {
            var bound = value.Get(setting.PropertyType);
            return bound is null && value.Value is null && !value.GetChildren().Any() ? $"{value.Path} has no value." : null;
        }
        catch (InvalidOperationException)
        {
            var range = setting.GetCustomAttribute<RangeAttribute>();
            var limits = range is null ? "" : $" from {range.Minimum} to {range.Maximum}";
            return $"{value.Path} '{value.Value}' is not {Kind(setting.PropertyType)}{limits}.";
        }
    }

    private static string Kind(Type type) =>
        type == typeof(TimeSpan) ? "a time span (days.hours:minutes:seconds, such as 00:00:05)"
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(float) || type == typeof(double) ? "a number"
        : "a value of this setting";

    private static string Names(string section) => string.Join(", ", Settings.Select(setting => $"{section}:{setting.Name}"));

    private string Names() => Names(section);

    private string Text(ValidationResult fault)
    {
        var member = fault.MemberNames.FirstOrDefault();
        return member is null ? $"{section}: {fault.ErrorMessage}" : $"{section}:{member}: {fault.ErrorMessage}";
    }
}
