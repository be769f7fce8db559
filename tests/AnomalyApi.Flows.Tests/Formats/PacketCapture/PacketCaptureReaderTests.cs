using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.RegularExpressions;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.PacketCapture;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats.PacketCapture;

public partial class PacketCaptureReaderTests
{
    // 2024-05-01 00:00:00.123456 UTC.
    private const long Time = 1_714_521_600_123_456;

    private static readonly byte[] Frame = [.. Enumerable.Range(0, 61).Select(i => (byte)i)];

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Pcap_of_either_byte_order_and_clock_is_read(bool littleEndian, bool nanoseconds)
    {
        var body = CaptureMaker.Pcap([(Time, Frame), (Time + 1, [])], 276, littleEndian, nanoseconds);

        Assert.Equal([$"1@24 {Time} 276 61/61 {Convert.ToHexString(Frame)}", $"2@101 {Time + 1} 276 0/0 "], (await ReadAsync(body)).Packets);
    }

    [Fact]
    public async Task A_cut_packet_keeps_its_length_on_the_wire()
    {
        var (packets, _) = await ReadAsync(CaptureMaker.Pcap([(Time, Frame)], snapLength: 2));

        Assert.Equal([$"1@24 {Time} 1 2/61 0001"], packets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pcapng_gives_packets_of_every_kind_and_steps_over_other_blocks(bool littleEndian)
    {
        byte[] body =
        [
            .. CaptureMaker.Section(littleEndian), .. CaptureMaker.OtherBlock(0xBAD, Frame, littleEndian), .. CaptureMaker.Interface(1, littleEndian: littleEndian),
            .. CaptureMaker.Interface(113, 9, littleEndian: littleEndian), .. CaptureMaker.EnhancedPacket(Time, [1, 2, 3], littleEndian: littleEndian),
            .. CaptureMaker.EnhancedPacket(((ulong)Time * 1000) + 1999, [4], 1, littleEndian), .. CaptureMaker.ObsoletePacket((ulong)Time + 2, [5], 0, littleEndian),
            .. CaptureMaker.OtherBlock(5, Frame, littleEndian), .. CaptureMaker.SimplePacket([6, 7], littleEndian),
        ];
        var (packets, target) = await ReadAsync(body);

        Assert.Empty(target.Rejections);
        Assert.Equal(
            [$"1@192 {Time} 1 3/3 010203", $"2@240 {Time + 1} 113 1/1 04", $"3@288 {Time + 2} 1 1/1 05", $"4@400 {Time + 2} 1 2/2 0607"], packets);
    }

    [Theory]
    [InlineData(0, Time / 1_000_000, 0, Time / 1_000_000 * 1_000_000)]
    [InlineData(3, Time / 1000, 0, Time / 1000 * 1000)]
    [InlineData(6, Time, 0, Time)]
    [InlineData(6, 123_456, 1_714_521_600, Time)]
    [InlineData(6, Time + 7_200_000_000, -7200, Time)]
    [InlineData(9, (Time * 1000) + 999, 0, Time)]
    [InlineData(0x80 | 20, (1_714_521_600L << 20) + 129_453, 0, Time)]
    [InlineData(18, 5_123_456_000_000_000_000, 1_714_521_595, Time)]
    public async Task Clocks_of_pcapng_are_understood(byte resolution, long units, long offsetSeconds, long expected)
    {
        byte[] body = [.. CaptureMaker.Section(), .. CaptureMaker.Interface(1, resolution, offsetSeconds), .. CaptureMaker.EnhancedPacket((ulong)units, [1])];

        Assert.Equal($"1@72 {expected} 1 1/1 01", Assert.Single((await ReadAsync(body)).Packets));
    }

    [Theory]
    [InlineData(6, ulong.MaxValue, 0)]
    [InlineData(6, 0, -1)]
    [InlineData(6, 0, long.MaxValue)]
    [InlineData(0, 1_000_000_000_000, 0)]
    [InlineData(0, 0, long.MinValue)]
    public async Task A_time_that_cannot_be_is_refused(byte resolution, ulong units, long offsetSeconds)
    {
        byte[] body = [.. CaptureMaker.Section(), .. CaptureMaker.Interface(1, resolution, offsetSeconds), .. CaptureMaker.EnhancedPacket(units, [1])];
        var (packets, target) = await ReadAsync(body);

        Assert.Empty(packets);
        Assert.Equal("At byte 72: The time is not between the years 1970 and 2200.", Assert.Single(target.Rejections).Reason);
    }

    [Fact]
    public async Task A_new_section_has_its_own_byte_order_and_interfaces()
    {
        byte[] body =
        [
            .. CaptureMaker.Section(), .. CaptureMaker.Interface(101), .. CaptureMaker.EnhancedPacket(Time, [1]),
            .. CaptureMaker.Section(false), .. CaptureMaker.Interface(228, littleEndian: false), .. CaptureMaker.EnhancedPacket(Time, [2], 0, false),
            .. CaptureMaker.EnhancedPacket(Time, [3], 1, false),
        ];
        var (packets, target) = await ReadAsync(body);

        Assert.Equal([$"1@72 {Time} 101 1/1 01", $"2@192 {Time} 228 1/1 02"], packets);
        Assert.Equal(new FlowRejection(3, "At byte 240: The packet is from interface 1, and the section describes 1."), Assert.Single(target.Rejections));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Pieces_of_any_size_give_the_same(int pieceBytes)
    {
        byte[] pcapng =
        [
            .. CaptureMaker.Section(), .. CaptureMaker.Interface(), .. CaptureMaker.EnhancedPacket(Time, Frame), .. CaptureMaker.OtherBlock(7, new byte[5000]),
            .. CaptureMaker.SimplePacket(Frame), .. CaptureMaker.Section(false), .. CaptureMaker.Interface(littleEndian: false),
            .. CaptureMaker.EnhancedPacket(Time, Frame, 0, false),
        ];
        foreach (var body in (byte[][])[pcapng, CaptureMaker.Pcap([(Time, Frame), (Time, new byte[3000]), (Time, Frame)])])
        {
            Assert.Equal((await ReadAsync(body)).Packets, (await ReadAsync(body, pieceBytes)).Packets);
        }
    }

    [Fact]
    public async Task A_capture_that_was_killed_is_taken_up_to_its_last_whole_packet()
    {
        var body = CaptureMaker.Pcap([(Time, Frame), (Time, Frame)]);
        foreach (var pieceBytes in (int[])[0, 7])
        {
            var (packets, target) = await ReadAsync(body[..^1], pieceBytes);
            Assert.Single(packets);
            Assert.Equal(
                new FlowRejection(2, "At byte 101: The capture ends in the middle of packet 2, of which 61 bytes were announced and 60 are there."),
                Assert.Single(target.Rejections));
        }

        var (_, cutHeader) = await ReadAsync(body[..^62]);
        Assert.Equal(new FlowRejection(2, "At byte 101: The capture ends in the middle of the header of packet 2."), Assert.Single(cutHeader.Rejections));

        byte[] pcapng = [.. CaptureMaker.Section(), .. CaptureMaker.Interface(), .. CaptureMaker.EnhancedPacket(Time, Frame), .. CaptureMaker.EnhancedPacket(Time, Frame)];
        var (taken, ended) = await ReadAsync(pcapng[..^5]);
        Assert.Single(taken);
        Assert.Equal(new FlowRejection(2, "At byte 180: The capture ends in the middle of packet 2."), Assert.Single(ended.Rejections));
    }

    [Fact]
    public async Task A_length_that_cannot_be_ends_a_pcap()
    {
        var body = CaptureMaker.Pcap([(Time, Frame), (Time, Frame), (Time, Frame)]);
        body[101 + 8 + 3] = 0x7F;
        var (packets, target) = await ReadAsync(body);

        Assert.Single(packets);
        Assert.Equal(
            "At byte 101: The packet claims 2130706493 bytes, and the file says that it keeps 262144 of each. What follows was not read.",
            Assert.Single(target.Rejections).Reason);
    }

    [Fact]
    public async Task Packets_that_are_too_long_are_stepped_over()
    {
        byte[] huge = new byte[300_000];
        var pcap = CaptureMaker.Pcap([(Time, Frame), (Time, huge), (Time, Frame)], snapLength: 400_000);
        byte[] pcapng =
        [
            .. CaptureMaker.Section(), .. CaptureMaker.Interface(), .. CaptureMaker.EnhancedPacket(Time, Frame),
            .. CaptureMaker.EnhancedPacket(Time, [.. huge, .. huge]), .. CaptureMaker.EnhancedPacket(Time, Frame),
        ];
        foreach (var body in (byte[][])[pcap, pcapng])
        {
            var (packets, target) = await ReadAsync(body);
            Assert.Equal(2, packets.Count);
            Assert.StartsWith("3@", packets[1], StringComparison.Ordinal);
            var rejection = Assert.Single(target.Rejections);
            Assert.Equal(2, rejection.Line);
            Assert.EndsWith("Longer than 262144 bytes, the longest packet that is read.", rejection.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Blocks_that_do_not_agree_with_themselves_end_a_pcapng()
    {
        byte[] head = [.. CaptureMaker.Section(), .. CaptureMaker.Interface()];
        var packet = CaptureMaker.EnhancedPacket(Time, Frame);
        byte[] trailer = [.. head, .. packet, .. packet];
        trailer[72 + packet.Length - 4]++;
        var (none, atEnd) = await ReadAsync(trailer);
        Assert.Empty(none);
        Assert.Equal("At byte 72: The block claims 108 bytes at its front and 109 at its end. What follows was not read.", Assert.Single(atEnd.Rejections).Reason);

        byte[] length = [.. head, .. packet, .. packet];
        length[72 + packet.Length + 4] = 2;
        var (one, atFront) = await ReadAsync(length);
        Assert.Single(one);
        Assert.Equal("At byte 180: The block claims 2 bytes, which is no length of a block. What follows was not read.", Assert.Single(atFront.Rejections).Reason);

        byte[] captured = [.. head, .. packet, .. packet];
        captured[72 + 8 + 12] = 255;
        var (second, inside) = await ReadAsync(captured);
        Assert.Single(second);
        Assert.Equal("At byte 72: The packet claims 255 bytes, and the block has 76.", Assert.Single(inside.Rejections).Reason);
    }

    [Fact]
    public async Task What_is_no_capture_is_refused()
    {
        Assert.Empty((await ReadAsync([])).Packets);
        await Assert.ThrowsAsync<FlowFormatException>(() => ReadAsync([1, 2]));
        await Assert.ThrowsAsync<FlowFormatException>(() => ReadAsync("snoop\0\0\0 and more"u8.ToArray()));
        var version = CaptureMaker.Section();
        version[12] = 2;
        var refusal = await Assert.ThrowsAsync<FlowFormatException>(() => ReadAsync(version));
        Assert.Contains("version 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_length_costs_no_memory()
    {
        var body = CaptureMaker.Pcap([(Time, Frame)]);
        body[24 + 8 + 2] = 3;
        var (packets, target) = await ReadAsync(body);
        Assert.Empty(packets);
        Assert.Contains("196669 bytes were announced and 61 are there", Assert.Single(target.Rejections).Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, int> Captures()
    {
        var captures = new TheoryData<string, int>();
        if (SharedData.Folder is not null)
        {
            foreach (var line in File.ReadLines(SharedData.Path("pcap", "manifest.csv")).Skip(1))
            {
                var packets = PacketsBehindHash().Match(line).Groups[1].Value;
                captures.Add(line[..line.IndexOf(',', StringComparison.Ordinal)], int.Parse(packets, CultureInfo.InvariantCulture));
            }
        }

        return captures;
    }

    [Theory]
    [Trait("Data", "Shared")]
    [MemberData(nameof(Captures), DisableDiscoveryEnumeration = true)]
    public async Task A_real_capture_has_the_packets_that_its_manifest_says(string file, int packets)
    {
        await using var stream = File.OpenRead(SharedData.Path("pcap", file));
        await using Stream body = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        var target = new FlowReadTarget(FlowBatch.Rent());
        using var reader = new PacketCaptureReader(PipeReader.Create(body), target);
        while (await reader.FillAsync(CancellationToken.None))
        {
            while (reader.TryRead(out _))
            {
            }
        }

        Assert.Empty(target.Rejections);
        Assert.Equal(packets, reader.PacketCount);
    }

    [GeneratedRegex(",[0-9a-f]{64},([0-9]+),")]
    private static partial Regex PacketsBehindHash();

    private static async Task<(List<string> Packets, FlowReadTarget Target)> ReadAsync(byte[] body, int pieceBytes = 0)
    {
        var packets = new List<string>();
        var target = new FlowReadTarget(FlowBatch.Rent());
        var pipe = pieceBytes == 0 ? PipeReader.Create(new ReadOnlySequence<byte>(body))
            : PipeReader.Create(new MemoryStream(body), new StreamPipeReaderOptions(bufferSize: pieceBytes, minimumReadSize: 1));
        using var reader = new PacketCaptureReader(pipe, target);
        while (await reader.FillAsync(CancellationToken.None))
        {
            while (reader.TryRead(out var packet))
            {
                packets.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{packet.Number}@{packet.Offset} {packet.TimeMicroseconds} {(int)packet.Link} {packet.Bytes.Length}/{packet.OriginalLength} {Convert.ToHexString(packet.Bytes)}"));
            }
        }

        return (packets, target);
    }
}
