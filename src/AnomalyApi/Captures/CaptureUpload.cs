using AnomalyApi.Ingest;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AnomalyApi.Captures;

/// <summary>Takes the one file out of a multipart body, as it arrives.</summary>
internal static class CaptureUpload
{
    /// <summary>The name of the form's field, as Swagger UI sends it.</summary>
    public const string Field = "file";

    private const int LongestBoundary = 128;

    /// <summary>The boundary between the parts of a multipart body; null when the body is none.</summary>
    public static string? BoundaryOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= LongestBoundary ? boundary : null;
    }

    /// <summary>The first part that is a file, and its name; null when the body has none.</summary>
    /// <exception cref="InvalidDataException">The multipart is broken, or ends too early.</exception>
    public static async Task<(Stream Content, string Name)?> OpenAsync(string boundary, Stream body, CancellationToken cancellationToken)
    {
        var reader = new MultipartReader(boundary, body);
        while (await NextAsync(reader, cancellationToken) is { } section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) && disposition.IsFileDisposition())
            {
                var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
                return (section.Body, NameOf(HeaderUtilities.RemoveQuotes(name).ToString()));
            }
        }

        return null;
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    // Browsers of the past sent the whole path. It is shown and never opened. Half of a surrogate pair is no character that a database takes.
    private static string NameOf(string name)
    {
        var runes = name[(name.LastIndexOfAny(['/', '\\']) + 1)..].EnumerateRunes()
            .Where(rune => !System.Text.Rune.IsControl(rune)).Take(BatchRequest.MaxNameLength / 2);
        return string.Concat(runes);
    }
}
