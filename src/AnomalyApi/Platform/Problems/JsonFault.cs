using System.Text.Json;
using System.Text.RegularExpressions;

namespace AnomalyApi.Platform.Problems;

/// <summary>Says what is wrong with a JSON body in words for its sender. The serializer speaks of .NET types, which nobody outside knows.</summary>
internal static partial class JsonFault
{
    public static string Describe(JsonException fault)
    {
        var place = fault.Path is null or "$" ? "The body" : $"'{fault.Path.TrimStart('$', '.')}'";
        var quoted = Quoted().Match(fault.Message).Groups[1].Value;
        return fault.Message switch
        {
            var text when text.Contains("could not be mapped", StringComparison.Ordinal) => $"'{quoted}' is not a field that is known here.",
            var text when text.Contains("missing required", StringComparison.Ordinal) => $"A required field is missing: {Missing().Match(text).Groups[1].Value}.",
            var text when text.Contains("null", StringComparison.Ordinal) => $"{place} must not be null; leave it out for its default.",
            var text when text.Contains("could not be converted", StringComparison.Ordinal) => $"{place} has a value of the wrong kind.",
            _ => $"The body is not valid JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.",
        };
    }

    [GeneratedRegex("property '([^']*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("including: (.*?)\\.?$")]
    private static partial Regex Missing();
}
