using System.Globalization;

namespace AnomalyApi.Flows;

/// <summary>The addresses of a network, or one address alone.</summary>
/// <param name="First">Lowest address.</param>
/// <param name="Last">Highest address, of the same family as <paramref name="First"/>.</param>
public readonly record struct CidrRange(IpAddressValue First, IpAddressValue Last)
{
    private const int LongestText = 64;

    /// <summary>Whether the address lies in the range. <c>::/0</c> holds no IPv4 address, though they sort inside it.</summary>
    public bool Contains(in IpAddressValue address) =>
        address.IsIPv4 == First.IsIPv4 && First.CompareTo(address) <= 0 && address.CompareTo(Last) <= 0;

    /// <summary>Reads <c>10.0.0.0/8</c>, <c>fc00::/7</c> or a plain address. Bits behind the prefix are ignored.</summary>
    /// <param name="error">What was wrong and what is allowed; null when it was read.</param>
    public static bool TryParse(string text, out CidrRange range, out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        range = default;
        var shown = text.Length <= LongestText ? text : text[..LongestText] + "…";
        if (text.Contains('%', StringComparison.Ordinal))
        {
            error = $"'{shown}' has a zone index, which means something on one machine only. Leave out the '%' and what follows.";
            return false;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IpAddressValue.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            error = $"'{shown}' is not an IPv4 or IPv6 address or a network such as 10.0.0.0/8.";
            return false;
        }

        // A mapped IPv4 address in IPv6 notation (::ffff:10.0.0.0/104) counts its prefix from the front of all 128 bits.
        var longNotation = text.Contains(':', StringComparison.Ordinal);
        var longest = longNotation ? 128 : 32;
        var prefix = longest;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > longest))
        {
            error = $"'{shown}' has no prefix length from 0 to {longest} behind the '/'.";
            return false;
        }

        error = null;
        range = Of(address, longNotation ? prefix : prefix + 96);
        return true;
    }

    /// <summary>The text form: a network where the range is one, else first and last address.</summary>
    public override string ToString()
    {
        for (var prefix = 128; prefix >= 0; prefix--)
        {
            if (Of(First, prefix) == this)
            {
                var bits = First.IsIPv4 ? prefix - 96 : prefix;
                return bits == (First.IsIPv4 ? 32 : 128) ? First.ToString() : $"{First}/{bits.ToString(CultureInfo.InvariantCulture)}";
            }
        }

        return $"{First}-{Last}";
    }

    private static CidrRange Of(IpAddressValue address, int prefix)
    {
        var mask = prefix == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - prefix);
        var first = new UInt128(address.High, address.Low) & mask;
        var last = first | ~mask;
        return new CidrRange(Split(first), Split(last));
    }

    private static IpAddressValue Split(UInt128 bits) => new((ulong)(bits >> 64), (ulong)bits);
}
