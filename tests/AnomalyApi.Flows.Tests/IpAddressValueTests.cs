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

    [Fact]
    public void Whatever_is_written_is_read_as_the_framework_reads_it()
    {
        var random = new Random(3);
        string[] pieces = ["1", "0", "abcd", "FFFF", "12345", ":", ":", ":", "::", "0db8", "g", "1.2.3.4"];
        for (var round = 0; round < 300_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 17)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (!text.Contains(':', StringComparison.Ordinal))
            {
                continue;
            }

            var valid = System.Net.IPAddress.TryParse(text, out var expected);
            Assert.Equal(valid, IpAddressValue.TryParse(text, out var read));
            Assert.Equal(valid ? IpAddressValue.From(expected!) : default, read);
        }
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::8:800:200c:417a")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("1:2:3::5:6:7:8")]
    [InlineData("fe80::1ff:fe23:4567:890a")]
    public void A_usual_IPv6_address_is_read_without_allocating(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        _ = IpAddressValue.TryParse(bytes, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(IpAddressValue.TryParse(bytes, out var read));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(IpAddressValue.From(System.Net.IPAddress.Parse(text)), read);
    }
}
