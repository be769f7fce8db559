using AnomalyApi.Flows.Formats;
using AnomalyApi.Traffic;
using Microsoft.Extensions.Primitives;

namespace AnomalyApi.Ingest;

/// <summary>What a sensor asks for, checked: everything but the body.</summary>
/// <param name="Format">Reads the body; null when its first bytes must tell.</param>
/// <param name="Scores">What the answer says about scores.</param>
/// <param name="Sensor">Sensor of flows that do not name one.</param>
/// <param name="KeyScope">Whose idempotency key it is, so that two sensors cannot collide.</param>
/// <param name="Key">The idempotency key; null when the batch may be stored twice.</param>
/// <param name="ColumnMap">Which column of a CSV body is which; null when its header says enough.</param>
internal sealed record BatchRequest(IFlowFormat? Format, ScoresWanted Scores, string? Sensor, string KeyScope, string? Key, string? ColumnMap = null)
{
    public const string KeyHeader = "Idempotency-Key";

    /// <summary>The media type of a body whose first bytes tell its format.</summary>
    public const string AnyFormat = "application/octet-stream";

    private static readonly string[] QueryParameters = ["scores", "sensor", "batch_id", "map"];

    /// <summary>Longest idempotency key, sensor name and batch id.</summary>
    public const int MaxNameLength = 255;

    /// <summary>Longest column map: every field with a long name.</summary>
    public const int MaxMapLength = 2000;

    /// <summary>The format whose columns a map names.</summary>
    public const string MappedFormat = "csv";

    private static readonly string[] ContentEncodings = ["gzip", "br", "deflate"];

    /// <summary>Reads the headers and query of a request. Returns a problem instead when they are not allowed.</summary>
    public static (BatchRequest? Request, IResult? Problem) Bind(HttpContext http)
    {
        var mediaType = http.Request.ContentType?.Split(';')[0].Trim();
        var format = FlowFormatCatalog.Find(mediaType);
        if (format is null && !IsUnnamed(mediaType))
        {
            return (null, Platform.Problems.Problems.UnsupportedMediaType(mediaType, [.. FlowFormatCatalog.MediaTypes, AnyFormat]));
        }

        // Decompression takes the header away; what it leaves is still packed.
        var encoding = http.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.AcceptEncoding = string.Join(", ", ContentEncodings);
            return (null, Platform.Problems.Problems.UnsupportedContentEncoding(ErrorText.Shorten(encoding), ContentEncodings));
        }

        var errors = new Dictionary<string, string[]>();
        var query = http.Request.Query;
        var scores = ScoresWanted.Anomalies;
        var scoresText = query["scores"].ToString();
        if (scoresText.Length > 0 && !(scoresText.All(char.IsAsciiLetter) && Enum.TryParse(scoresText, ignoreCase: true, out scores)))
        {
            errors["scores"] = [$"'{ErrorText.Shorten(scoresText)}' is not one of: none, anomalies, all."];
        }

        QueryNames.RefuseOthers(http.Request, QueryParameters, errors);
        var sensor = Name(query["sensor"], "sensor", errors);
        var batchId = Name(query["batch_id"], "batch_id", errors);
        var key = Name(http.Request.Headers[KeyHeader], KeyHeader, errors);
        var map = Name(query["map"], "map", errors, MaxMapLength);
        if (map is not null && format is not null && format.Name != MappedFormat)
        {
            errors["map"] = [$"names the columns of text/csv, and this is {mediaType}."];
        }

        if (batchId is not null && sensor is null)
        {
            errors["batch_id"] = ["names a batch of a sensor, so 'sensor' must be there too."];
        }

        if (errors.Count > 0)
        {
            return (null, Platform.Problems.Problems.InvalidParameters(errors));
        }

        // A sensor that numbers its batches gets the same protection without making keys up.
        // The separator can stand in neither, so no pair reads like another, or like a key.
        key ??= batchId is null ? null : $"{sensor}\u001f{batchId}";
        var scope = http.User.Identity?.Name ?? "";
        return (new BatchRequest(format, scores, sensor, scope, key, map), null);
    }

    // curl --data-binary without a header says that it sends a form, which no sensor means.
    private static bool IsUnnamed(string? mediaType) => string.IsNullOrEmpty(mediaType)
        || mediaType.Equals(AnyFormat, StringComparison.OrdinalIgnoreCase)
        || mediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks a parameter that is a name. What is wrong with it goes into <paramref name="errors"/>.</summary>
    public static string? Name(StringValues values, string parameter, Dictionary<string, string[]> errors, int maxLength = MaxNameLength)
    {
        if (values.Count == 0)
        {
            return null;
        }

        // One that is there and empty is a script whose variable is not set: to take it as absent would quietly drop what it protects.
        var value = values.ToString();
        if (value.Length == 0 || value.Length > maxLength || value.Any(char.IsControl))
        {
            errors[parameter] = [$"must have 1 to {maxLength} characters and no control characters."];
        }

        return value;
    }
}
