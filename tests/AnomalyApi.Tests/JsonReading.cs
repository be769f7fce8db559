using System.Text.Json;

namespace AnomalyApi.Tests;

/// <summary>Reads answers, so that a test shows what it asks and not how JSON is walked.</summary>
internal static class JsonReading
{
    public static JsonElement At(this JsonElement json, params string[] path) => path.Aggregate(json, (inner, name) => inner.GetProperty(name));

    public static string? Text(this JsonElement json, params string[] path) => json.At(path).GetString();

    public static long Number(this JsonElement json, params string[] path) => json.At(path).GetInt64();

    public static double Real(this JsonElement json, params string[] path) => json.At(path).GetDouble();

    public static IReadOnlyList<JsonElement> List(this JsonElement json, params string[] path) => [.. json.At(path).EnumerateArray()];

    public static float[] Floats(this JsonElement json, params string[] path) => [.. json.At(path).EnumerateArray().Select(item => item.GetSingle())];

    public static bool IsNull(this JsonElement json, params string[] path) => json.At(path).ValueKind == JsonValueKind.Null;
}
