using System.Text.Json.Serialization;

namespace AnomalyApi.Traffic;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
internal sealed record Page<T>
{
    /// <summary>The rows, in the order asked for.</summary>
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>
    /// Cursor of what follows. With <c>order=oldest</c> it is always there: come back with it, and nothing is missed and nothing comes twice. With
    /// <c>order=newest</c> it is absent on the last page.
    /// </summary>
    /// <example>2f1-10003</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Next { get; init; }
}
