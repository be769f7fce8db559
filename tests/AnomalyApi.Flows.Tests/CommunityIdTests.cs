using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace AnomalyApi.Flows.Tests;

public class CommunityIdTests
{
    [Theory]
    [InlineData("128.232.110.120", 34855, "66.35.250.204", 80, 6, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=")]
    [InlineData("192.168.1.52", 54585, "8.8.8.8", 53, 17, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=")]
    [InlineData("192.168.170.8", 7, "192.168.170.56", 7, 132, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=")]
    [InlineData("192.168.0.89", 8, "192.168.0.1", 0, 1, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=")]
    [InlineData("10.0.0.1", 11, "10.0.0.2", 0, 1, "1:YHxtAirCG//0OzkcVAukqKQN9xM=")]
    [InlineData("10.1.12.1", -1, "10.1.12.2", -1, 46, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=")]
    [InlineData("2001:470:e5bf:dead:4957:2174:e82c:4887", 63943, "2607:f8b0:400c:c03::1a", 25, 6, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=")]
    public void The_published_vectors_are_reproduced(string source, int sourcePort, string destination, int destinationPort, byte protocol, string id) =>
        Assert.Equal(id, CommunityId.Compute(IpAddressValue.Parse(source), IpAddressValue.Parse(destination), sourcePort, destinationPort, protocol));

    [Theory]
    [InlineData(1, 8, 0, 0, 0)]
    [InlineData(1, 13, 0, 14, 0)]
    [InlineData(1, 15, 0, 16, 0)]
    [InlineData(1, 17, 0, 18, 0)]
    [InlineData(1, 10, 0, 9, 0)]
    [InlineData(58, 128, 0, 129, 0)]
    [InlineData(58, 133, 0, 134, 0)]
    [InlineData(58, 135, 0, 136, 0)]
    [InlineData(58, 130, 0, 131, 0)]
    [InlineData(58, 139, 0, 140, 0)]
    [InlineData(58, 144, 0, 145, 0)]
    public void An_ICMP_request_and_its_answer_share_an_ID(byte protocol, int request, int code, int answer, int answerCode)
    {
        var one = IpAddressValue.Parse("2001:db8::1");
        var other = IpAddressValue.Parse("2001:db8::2");

        Assert.Equal(CommunityId.Compute(one, other, request, code, protocol), CommunityId.Compute(other, one, answer, answerCode, protocol));
        Assert.Equal(CommunityId.Compute(other, one, request, code, protocol), CommunityId.Compute(one, other, answer, answerCode, protocol));
    }

    [Fact]
    public void A_one_way_ICMP_message_keeps_its_direction()
    {
        var one = IpAddressValue.Parse("10.0.0.1");
        var other = IpAddressValue.Parse("10.0.0.2");

        Assert.NotEqual(CommunityId.Compute(one, other, 3, 1, 1), CommunityId.Compute(other, one, 3, 1, 1));
    }

    [Fact]
    public void Both_directions_of_a_flow_share_an_ID() =>
        Prop.ForAll<ulong, ulong, uint>((one, other, ports) =>
        {
            var port = (int)(ports >> 16);
            var otherPort = (int)(ports & 0xFFFF);
            var first = new IpAddressValue(one % 3, one);
            var second = new IpAddressValue(other % 3, other);
            return new[] { IpProtocols.Tcp, IpProtocols.Udp, IpProtocols.Sctp, (byte)47 }.All(protocol =>
                CommunityId.Compute(first, second, port, otherPort, protocol) == CommunityId.Compute(second, first, otherPort, port, protocol));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_seed_gives_another_ID()
    {
        var source = IpAddressValue.Parse("128.232.110.120");
        var destination = IpAddressValue.Parse("66.35.250.204");

        Assert.Equal("1:3V71V58M3Ksw/yuFALMcW0LAHvc=", CommunityId.Compute(source, destination, 34855, 80, 6, seed: 1));
    }

    [Theory]
    [InlineData(-1, 80)]
    [InlineData(80, 65_536)]
    public void Ports_that_are_missing_or_out_of_range_are_refused(int sourcePort, int destinationPort) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CommunityId.Compute(default, default, sourcePort, destinationPort, IpProtocols.Tcp));

    [Fact]
    public void Only_the_text_is_allocated()
    {
        var address = IpAddressValue.Parse("10.0.0.1");
        CommunityId.Compute(address, address, 1, 2, 6);

        var before = GC.GetAllocatedBytesForCurrentThread();
        CommunityId.Compute(address, address, 1, 2, 6);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 90);
    }

    [Fact]
    public void Our_hash_is_the_framework_s_at_every_length()
    {
        var random = new Random(5);
        Span<byte> hash = stackalloc byte[Sha1Block.HashSize];
        for (var length = 0; length <= Sha1Block.LongestMessage; length++)
        {
            var message = new byte[length];
            random.NextBytes(message);
            Sha1Block.Hash(message, hash);
#pragma warning disable CA5350 // Compared with, not relied on.
            Assert.Equal(SHA1.HashData(message), hash.ToArray());
#pragma warning restore CA5350
        }
    }
}
