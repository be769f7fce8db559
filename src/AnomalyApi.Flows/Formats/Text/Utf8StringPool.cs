using System.Text;

namespace AnomalyApi.Flows.Formats.Text;

/// <summary>Gives short texts that come again and again (service and sensor names) as one string each, so that a flow does not allocate them.</summary>
/// <remarks>Thread-safe without locks: a slot holds one immutable string, and the newcomer takes it over. So hostile input costs time but
/// never memory: at most <see cref="Slots"/> strings of <see cref="LongestBytes"/> bytes are held.</remarks>
internal static class Utf8StringPool
{
    /// <summary>Strings held at most.</summary>
    public const int Slots = 2048;

    /// <summary>Longer texts are not held.</summary>
    public const int LongestBytes = 64;

    private static readonly string?[] Held = new string?[Slots];

    /// <summary>The string of valid UTF-8.</summary>
    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestBytes)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var hash = 2166136261u;
        foreach (var b in utf8)
        {
            hash = (hash ^ b) * 16777619;
        }

        var place = (hash ^ (hash >> 15)) % Slots;
        var first = Held[place];
        if (Is(first, utf8))
        {
            return first!;
        }

        // Two places for each text: with one, two names that every other flow has would drive each other out for ever.
        ref var slot = ref Held[place];
        ref var second = ref Held[place ^ 1];
        var other = second;
        if (Is(other, utf8))
        {
            return other!;
        }

        second = first;
        return slot = Encoding.UTF8.GetString(utf8);
    }

    private static bool Is(string? held, ReadOnlySpan<byte> utf8) => held is not null && held.Length == utf8.Length && Ascii.Equals(utf8, held);
}
