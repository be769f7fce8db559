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

    /// <summary>The first part that is a file, and its name; null when the body has none.</summary>
    /// <exception cref="BadHttpRequestException">The body is not multipart.</exception>
    /// <exception cref="InvalidDataException">The multipart is broken.</exception>
    /// <exception cref="IOException">The multipart ends too early.</exception>
    public static async Task<(Stream Content, string Name)?> OpenAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException(
                $"Send the file as multipart/form-data, in a field named '{Field}'. A body of flows by itself goes to POST /v1/flows.", StatusCodes.Status415UnsupportedMediaType);
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > LongestBoundary)
        {
            throw new BadHttpRequestException($"Content-Type must name a boundary of 1 to {LongestBoundary} characters.");
        }

        var reader = new MultipartReader(boundary, request.Body);
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) && disposition.IsFileDisposition())
            {
                var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
                return (section.Body, NameOf(HeaderUtilities.RemoveQuotes(name).ToString()));
            }
        }

        return null;
    }

    // Browsers of the past sent the whole path. It is shown and never opened.
    private static string NameOf(string name)
    {
        name = new string([.. name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Where(c => !char.IsControl(c))]);
        return name.Length <= BatchRequest.MaxNameLength ? name : name[..BatchRequest.MaxNameLength];
    }
}
