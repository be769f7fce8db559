using Microsoft.AspNetCore.Http.Metadata;

namespace AnomalyApi.Platform;

/// <summary>How large the body of an endpoint may be, before and after decompression.</summary>
/// <param name="Bytes">The limit.</param>
/// <param name="Setting">The setting that says so, to be named when the limit is met.</param>
internal sealed record BodyLimit(long Bytes, string Setting) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => Bytes;
}
