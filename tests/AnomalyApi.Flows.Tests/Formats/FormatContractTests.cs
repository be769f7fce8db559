using System.Text;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

/// <summary>What holds for every format of the catalog, whatever it is sent.</summary>
public class FormatContractTests
{
    private const int OverlongBytes = 100_000_000;

    public static TheoryData<string, string> Files() => Samples.All();

    public static TheoryData<string> Formats() => [.. FlowFormatCatalog.All.Select(format => format.Name)];

    [Fact]
    public void Names_and_media_types_are_unique_and_lower_case()
    {
        Assert.Equal(FlowFormatCatalog.All.Count, FlowFormatCatalog.All.Select(format => format.Name).Distinct().Count());
        var types = FlowFormatCatalog.All.SelectMany(format => format.ContentTypes).ToList();
        Assert.Equal(types.Count, types.Distinct().Count());
        Assert.All(types, type => Assert.Equal(type.ToLowerInvariant(), type));
        Assert.Null(FlowFormatCatalog.Find("text/plain"));
        Assert.Null(FlowFormatCatalog.Find(null));
        Assert.Equal("ndjson", FlowFormatCatalog.Find("Application/X-NDJSON")!.Name);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Pieces_of_any_size_give_the_same(string format, string file)
    {
        var body = Samples.Read(format, file);
        var whole = await OutcomeAsync(format, body, 0);

        foreach (var piece in (int[])[1, 2, 7, 64, 1000])
        {
            Assert.Equal(whole, await OutcomeAsync(format, body, piece));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_truncation_is_read_or_refused_and_never_counts_more(string format, string file)
    {
        var body = Samples.Read(format, file);
        var whole = await OutcomeAsync(format, body, 0);
        for (var length = 0; length < body.Length; length++)
        {
            var outcome = await OutcomeAsync(format, body[..length], length % 3 * 17);
            // The end of a capture that is cut is rejected beside the flow that its last packet belongs to.
            Assert.True(outcome.Refusal is not null || (outcome.Accepted <= whole.Accepted && outcome.Rejected <= whole.Rejected + 1));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_flipped_byte_changes_one_record_at_most_or_refuses_the_body(string format, string file)
    {
        var body = Samples.Read(format, file);
        foreach (var value in (byte[])[0x01, 0x20, 0x80, 0xFF])
        {
            for (var i = 0; i < body.Length; i++)
            {
                var flipped = (byte[])body.Clone();
                flipped[i] ^= value;
                var outcome = await OutcomeAsync(format, flipped, 0);
                Assert.True(outcome.Refusal is null or { Length: > 10 and < 600 });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Recognition_bears_a_head_that_is_cut_or_damaged(string format, string file)
    {
        var body = Samples.Read(format, file);
        for (var length = 0; length <= Math.Min(body.Length, FlowFormatCatalog.HeadBytes); length++)
        {
            var head = body[..length];
            FlowFormatCatalog.Recognize(head);
            if (length > 0)
            {
                head[length * 5 / 7] ^= 0xFF;
                FlowFormatCatalog.Recognize(head);
            }
        }

        Assert.Null(FlowFormatCatalog.Recognize([]));
        Assert.Null(FlowFormatCatalog.Recognize("{\"\\ud800\":1}"u8));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Random_bytes_never_break_a_reader(string format)
    {
        var random = new Random(11);
        foreach (var start in (string[])["", "[", "{", "#fields\t", "[{", "\uFEFF"])
        {
            for (var round = 0; round < 200; round++)
            {
                var noise = new byte[random.Next(300)];
                random.NextBytes(noise);
                byte[] body = [.. Encoding.UTF8.GetBytes(start), .. noise];
                FlowFormatCatalog.Recognize(body);
                await OutcomeAsync(format, body, round % 5);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task An_empty_body_holds_no_flows(string format)
    {
        var outcome = await OutcomeAsync(format, [], 0);

        Assert.Equal(0, outcome.Received);
    }

    [Theory]
    [InlineData("application/json", "", false)]
    [InlineData("application/json", " \n", false)]
    [InlineData("application/json", "[ ]", true)]
    [InlineData("application/x-ndjson", "", false)]
    [InlineData("application/x-ndjson", "\n\n", false)]
    [InlineData("application/x-zeek-conn", "\n", false)]
    [InlineData("application/x-zeek-conn", "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\n#close\t2024\n", true)]
    public async Task Only_a_body_that_says_so_is_meant_to_be_empty(string mediaType, string body, bool isMeant)
    {
        var target = await FlowBodies.ReadAsync(mediaType, body);
        using var batch = target.Batch;

        Assert.Equal(0, target.ReceivedCount);
        Assert.Equal(isMeant, target.IsMeantEmpty);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_record_that_is_too_long_takes_little_memory_and_the_next_is_read(string format)
    {
        var file = Path.GetFileName(Samples.FilesOf(FlowFormatCatalog.All.Single(other => other.Name == format)).First());
        var whole = await OutcomeAsync(format, Samples.Read(format, file), 0);
        var (head, tail) = AroundOverlongRecord(format, Samples.Read(format, file));
        using var body = new OverlongRecordStream(head, tail, OverlongBytes);

        // The stream never waits, so all reading is done on this thread when the task is handed out.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = FlowBodies.ReadAsync(Samples.MediaTypeOf(format), body);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(reading.IsCompleted);
        var target = await reading;

        using var batch = target.Batch;
        Assert.Equal(whole.Received + 1, target.ReceivedCount);
        // Datagrams say their length in 16 bits at most, so what is longer is no datagram.
        var reason = format == "netflow" ? "no header of a datagram" : "Longer than ";
        Assert.Contains(target.Rejections, rejection => rejection.Reason.Contains(reason, StringComparison.Ordinal));
        // A tenth of the record; a debug build allocates for every wait, which a release build does not.
        Assert.InRange(allocated, 0, 10_000_000);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_cancelled_token_stops_reading(string format)
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var batch = FlowBatch.Rent();
        var pipe = new System.IO.Pipelines.Pipe();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            FlowFormatCatalog.All.Single(other => other.Name == format).ReadAsync(pipe.Reader, new FlowReadTarget(batch), cancelled.Token).AsTask());
    }

    private static async Task<Outcome> OutcomeAsync(string format, byte[] body, int piece)
    {
        try
        {
            var target = await FlowBodies.ReadAsync(Samples.MediaTypeOf(format), body, piece);
            using var batch = target.Batch;
            for (var i = 0; i < batch.Count; i++)
            {
                Assert.InRange(batch.StartMicroseconds[i], FlowTime.Earliest, FlowTime.Latest - 1);
                Assert.InRange(batch.SourcePort[i], -1, 65_535);
                Assert.True(batch.ForwardBytes[i] >= -1 && batch.DurationMicroseconds[i] >= -1 && batch.Line[i] > 0);
            }

            return new Outcome(batch.Count, target.RejectedCount, string.Join('|', target.Rejections), null);
        }
        catch (FlowFormatException refusal)
        {
            return new Outcome(0, 0, "", refusal.Message);
        }
    }

    private sealed record Outcome(int Accepted, int Rejected, string Reasons, string? Refusal)
    {
        public int Received => Accepted + Rejected;
    }

    // The sample with one huge record put in: in front for the array and the capture, at the end for lines.
    private static (byte[] Head, byte[] Tail) AroundOverlongRecord(string format, byte[] sample)
    {
        const int firstBlock = 28;
        switch (format)
        {
            case "json":
                return ("[{\"x\":\""u8.ToArray(), [.. "\"},"u8, .. sample.AsSpan(1)]);
            case "packet-capture":
                var length = BitConverter.GetBytes(OverlongBytes + 12);
                return ([.. sample.AsSpan(0, firstBlock), 6, 0, 0, 0, .. length], [.. length, .. sample.AsSpan(firstBlock)]);
            default:
                return (sample, [.. "\n"u8]);
        }
    }

    private sealed class OverlongRecordStream(byte[] head, byte[] tail, long length) : Stream
    {
        private readonly byte[] _head = head;
        private readonly byte[] _tail = tail;
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_position < _head.Length)
            {
                return Copy(_head.AsSpan((int)_position), buffer);
            }

            if (_position < _head.Length + length)
            {
                var count = (int)Math.Min(buffer.Length, _head.Length + length - _position);
                buffer[..count].Fill((byte)'a');
                _position += count;
                return count;
            }

            return Copy(_tail.AsSpan((int)(_position - _head.Length - length)), buffer);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Copy(Span<byte> from, Span<byte> to)
        {
            var count = Math.Min(from.Length, to.Length);
            from[..count].CopyTo(to);
            _position += count;
            return count;
        }
    }
}
