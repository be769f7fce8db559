using System.Globalization;
using AnomalyApi.Storage;

namespace AnomalyApi.Traffic;

/// <summary>Cursors as text.</summary>
internal static class CursorText
{
    public static string Write(FeedCursor cursor) => string.Create(CultureInfo.InvariantCulture, $"{cursor.CommittedIn:x}-{cursor.Id:x}");

    public static bool TryRead(string text, out FeedCursor cursor)
    {
        cursor = default;
        var parts = text.Split('-');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var committedIn)
            || !long.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            || committedIn < 0
            || id < 0)
        {
            return false;
        }

        cursor = new FeedCursor(committedIn, id);
        return true;
    }

    /// <summary>The cursor behind a page. A feed that found nothing new comes back to where it was.</summary>
    public static string? Next(FeedCursor? last, int count, int limit, FeedCursor? after, bool newestFirst)
    {
        if (newestFirst)
        {
            return last is { } end && count == limit ? Write(end) : null;
        }

        return Write(last ?? after ?? new FeedCursor(0, 0));
    }
}
