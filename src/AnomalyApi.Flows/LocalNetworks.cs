namespace AnomalyApi.Flows;

/// <summary>The networks that count as our own. Immutable.</summary>
public sealed class LocalNetworks
{
    // Sorted, disjoint, one family each: IPv4-mapped addresses sort inside ::/0, so the families must not share a list.
    private readonly CidrRange[] _ipv4;
    private readonly CidrRange[] _ipv6;

    private LocalNetworks(IEnumerable<CidrRange> ranges)
    {
        var all = ranges.ToList();
        _ipv4 = Merge(all.Where(range => range.First.IsIPv4));
        _ipv6 = Merge(all.Where(range => !range.First.IsIPv4));
    }

    /// <summary>Private (RFC 1918), shared (RFC 6598), loopback and link-local IPv4; unique local (RFC 4193), loopback and link-local IPv6.</summary>
    public static LocalNetworks Private { get; } = Parse(
    [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10", "::1",
    ]);

    /// <summary>The networks, sorted, those that overlap as one.</summary>
    public IEnumerable<CidrRange> Ranges => _ipv4.Concat(_ipv6);

    /// <summary>Reads a list of networks and plain addresses.</summary>
    /// <exception cref="ArgumentException">An entry is neither; the text lists every bad entry.</exception>
    public static LocalNetworks Parse(IEnumerable<string> cidrs)
    {
        ArgumentNullException.ThrowIfNull(cidrs);
        var ranges = new List<CidrRange>();
        var errors = new List<string>();
        foreach (var cidr in cidrs)
        {
            if (CidrRange.TryParse(cidr, out var range, out var error))
            {
                ranges.Add(range);
            }
            else
            {
                errors.Add(error!);
            }
        }

        return errors.Count == 0 ? new LocalNetworks(ranges) : throw new ArgumentException(string.Join(' ', errors), nameof(cidrs));
    }

    /// <summary>Makes the networks of ranges that were checked before.</summary>
    /// <exception cref="ArgumentException">A range ends before it starts or has ends of two families.</exception>
    public static LocalNetworks Of(IEnumerable<CidrRange> ranges)
    {
        var all = ranges.ToList();
        foreach (var range in all)
        {
            if (range.First.CompareTo(range.Last) > 0 || range.First.IsIPv4 != range.Last.IsIPv4)
            {
                throw new ArgumentException($"{range.First} to {range.Last} is not a range of addresses.", nameof(ranges));
            }
        }

        return new LocalNetworks(all);
    }

    /// <summary>Whether the address is one of ours.</summary>
    public bool Contains(in IpAddressValue address)
    {
        var ranges = address.IsIPv4 ? _ipv4 : _ipv6;
        var low = 0;
        var high = ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (ranges[middle].Last.CompareTo(address) < 0)
            {
                low = middle + 1;
            }
            else if (ranges[middle].First.CompareTo(address) > 0)
            {
                high = middle - 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives every flow whose source did not say so its direction.</summary>
    public void FillDirections(FlowBatch flows)
    {
        for (var i = 0; i < flows.Count; i++)
        {
            if (flows.Direction[i] == FlowDirection.Unknown)
            {
                flows.Direction[i] = DirectionOf(flows.Source[i], flows.Destination[i]);
            }
        }
    }

    /// <summary>Where a flow between the two goes.</summary>
    public FlowDirection DirectionOf(in IpAddressValue source, in IpAddressValue destination) =>
        FlowDirections.Between(Contains(source), Contains(destination));

    private static CidrRange[] Merge(IEnumerable<CidrRange> ranges)
    {
        var merged = new List<CidrRange>();
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (merged.Count > 0 && range.First.CompareTo(merged[^1].Last) <= 0)
            {
                var last = range.Last.CompareTo(merged[^1].Last) > 0 ? range.Last : merged[^1].Last;
                merged[^1] = new CidrRange(merged[^1].First, last);
            }
            else
            {
                merged.Add(range);
            }
        }

        return [.. merged];
    }
}
