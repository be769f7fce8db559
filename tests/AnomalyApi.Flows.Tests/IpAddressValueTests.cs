using System.Net;
using FsCheck;
using FsCheck.Fluent;

namespace AnomalyApi.Flows.Tests;

public class IpAddressValueTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("2001:0DB8:0:0::1", "2001:db8::1")]
    [InlineData("::", "::")]
    public void Text_is_read_and_written_in_one_form(string text, string canonical)
    {
        Assert.True(IpAddressValue.TryParse(text, out var address));
        Assert.Equal(canonical, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.01")]
    [InlineData("10.0.0.1 ")]
    [InlineData("0x0a000001")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("fe80::1%2")]
    [InlineData("::g")]
    [InlineData("10.0.0.1.")]
    public void What_other_readers_may_take_for_another_address_is_refused(string text) => Assert.False(IpAddressValue.TryParse(text, out _));

    [Fact]
    public void Every_address_survives_bytes_and_text() =>
        Prop.ForAll<ulong, ulong>((high, low) =>
        {
            foreach (var address in (IpAddressValue[])[new(high, low), IpAddressValue.FromIPv4((uint)low)])
            {
                if (IpAddressValue.FromBytes(address.ToBytes()) != address || IpAddressValue.Parse(address.ToString()) != address
                    || IpAddressValue.From(IPAddress.Parse(address.ToString())) != address)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Addresses_sort_by_their_bytes()
    {
        string[] texts = ["::1", "0.0.0.0", "9.0.0.0", "10.0.0.0", "2001:db8::", "ffff::"];

        Assert.Equal(texts, texts.Reverse().Select(IpAddressValue.Parse).Order().Select(address => address.ToString()));
    }
}
