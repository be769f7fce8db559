using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Platform.Logs;

/// <summary>How the service logs.</summary>
internal sealed record LogOptions
{
    /// <summary><c>text</c> for people or <c>json</c>, one object a line, for collectors. The default is text.</summary>
    [AllowedValues("text", "json", ErrorMessage = "Logs:Format must be one of: text, json.")]
    public string Format { get; init; } = "text";

    /// <summary>Least important level that is written: Verbose, Debug, Information, Warning, Error or Fatal. The default is Information.</summary>
    [EnumDataType(typeof(Serilog.Events.LogEventLevel), ErrorMessage = "Logs:Level must be one of: Verbose, Debug, Information, Warning, Error, Fatal.")]
    public string Level { get; init; } = "Information";

    /// <summary>Whether each request gets a line. The default is true.</summary>
    public bool Requests { get; init; } = true;
}
