namespace AnomalyApi.Flows.Tests;

public class LocalNetworksTests
{
    [Theory]
    [InlineData("10.255.255.255", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("172.15.255.255", false)]
    [InlineData("172.16.0.0", true)]
    [InlineData("172.32.0.0", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("100.128.0.0", false)]
    [InlineData("169.254.3.4", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::2", false)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("::ffff:10.1.2.3", true)]
    public void Private_networks_are_local(string address, bool local) =>
        Assert.Equal(local, LocalNetworks.Private.Contains(IpAddressValue.Parse(address)));

    [Fact]
    public void Direction_follows_from_which_ends_are_local()
    {
        var networks = LocalNetworks.Parse(["192.0.2.0/24"]);
        var inside = IpAddressValue.Parse("192.0.2.1");
        var outside = IpAddressValue.Parse("10.0.0.1");

        Assert.Equal(FlowDirection.Internal, networks.DirectionOf(inside, inside));
        Assert.Equal(FlowDirection.Outbound, networks.DirectionOf(inside, outside));
        Assert.Equal(FlowDirection.Inbound, networks.DirectionOf(outside, inside));
        Assert.Equal(FlowDirection.External, networks.DirectionOf(outside, outside));
    }

    [Fact]
    public void All_of_IPv6_holds_no_IPv4() => Assert.False(LocalNetworks.Parse(["::/0"]).Contains(IpAddressValue.Parse("10.0.0.1")));

    [Fact]
    public void No_networks_hold_nothing() => Assert.False(LocalNetworks.Parse([]).Contains(default));

    [Fact]
    public void Networks_that_overlap_become_one()
    {
        var networks = LocalNetworks.Parse(["10.0.0.0/8", "10.2.0.0/16", "192.168.0.0/16", "10.0.0.1"]);

        Assert.Equal(["10.0.0.0/8", "192.168.0.0/16"], networks.Ranges.Select(range => range.ToString()));
    }

    [Fact]
    public void Every_bad_entry_is_named()
    {
        var refusal = Assert.Throws<ArgumentException>(() => LocalNetworks.Parse(["10.0.0.0/8", "nonsense", "10.0.0.0/33"]));

        Assert.Contains("'nonsense'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'10.0.0.0/33'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", "10.1.2.3")]
    [InlineData("10.1.2.3/8", "10.0.0.0", "10.255.255.255")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0", "10.255.255.255")]
    [InlineData("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void A_range_has_first_and_last_address(string text, string first, string last)
    {
        Assert.True(CidrRange.TryParse(text, out var range, out var error));
        Assert.Null(error);
        Assert.Equal((first, last), (range.First.ToString(), range.Last.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0/8")]
    [InlineData("2001:db8::/129")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::%1/10")]
    public void What_is_no_network_is_refused_with_a_reason(string text)
    {
        Assert.False(CidrRange.TryParse(text, out _, out var error));
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_entry_is_shown_in_part()
    {
        Assert.False(CidrRange.TryParse(new string('x', 10_000), out _, out var error));
        Assert.InRange(error!.Length, 1, 200);
    }

    [Fact]
    public void A_range_with_its_ends_swapped_is_refused() =>
        Assert.Throws<ArgumentException>(() => LocalNetworks.Of([new CidrRange(IpAddressValue.Parse("10.0.0.2"), IpAddressValue.Parse("10.0.0.1"))]));
}
