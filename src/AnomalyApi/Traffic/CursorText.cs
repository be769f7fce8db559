using System.Globalization;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Stores;

namespace AnomalyApi.Traffic;

/// <summary>Cursors as text. Each begins with the list and the order it belongs to: a cursor of another would skip rows in silence.</summary>
internal static class CursorText
{
    /// <summary>Reads the cursor of an earlier page of the same list in the same order.</summary>
    public static bool TryRead(string text, TrafficQuery query, out FeedCursor cursor)
    {
        cursor = default;
        var kind = KindOf(query);
        var parts = text.StartsWith(kind, StringComparison.Ordinal) ? text[kind.Length..].Split('-') : [];
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
    /// <param name="last">The last row of the page; null when it is empty.</param>
    /// <param name="count">Rows of the page.</param>
    public static string? Next(TrafficQuery query, FeedCursor? last, int count)
    {
        if (query.NewestFirst)
        {
            return last is { } end && count == query.Limit ? Write(query, end) : null;
        }

        return Write(query, last ?? query.After ?? new FeedCursor(0, 0));
    }

    private static string Write(TrafficQuery query, FeedCursor cursor) =>
        string.Create(CultureInfo.InvariantCulture, $"{KindOf(query)}{cursor.CommittedIn:x}-{cursor.Id:x}");

    // Letters beyond f, so that they cannot be taken for a digit of the number behind them.
    private static string KindOf(TrafficQuery query) => (query is AnomalyQuery ? "s" : "t") + (query.NewestFirst ? "n" : "o");
}
