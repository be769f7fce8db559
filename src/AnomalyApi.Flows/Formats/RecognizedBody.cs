using System.IO.Compression;
using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats;

/// <summary>A body whose format its first bytes tell, since nobody named it. Gzip around it is taken off. One reader at a time.</summary>
public sealed class RecognizedBody : IAsyncDisposable
{
    private readonly PipeReader? _unpacked;

    private RecognizedBody(PipeReader body, PipeReader? unpacked, IFlowFormat? format)
    {
        Body = unpacked ?? body;
        _unpacked = unpacked;
        Format = format;
    }

    /// <summary>The body from its first byte, unpacked.</summary>
    public PipeReader Body { get; }

    /// <summary>What it is; null when no format takes it for its own.</summary>
    public IFlowFormat? Format { get; }

    /// <summary>Looks at the first bytes and leaves them to be read again.</summary>
    /// <param name="body">Stays the caller's.</param>
    /// <param name="maxUnpackedBytes">How much may come out of gzip, so that a small bomb stays small.</param>
    /// <exception cref="InvalidDataException">The gzip is damaged.</exception>
    /// <exception cref="BodyTooLargeException">More came out of gzip than may; thrown here or while the body is read.</exception>
    public static async ValueTask<RecognizedBody> OpenAsync(PipeReader body, long maxUnpackedBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        var head = await PeekAsync(body, cancellationToken).ConfigureAwait(false);
        if (!head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]))
        {
            return new RecognizedBody(body, null, FlowFormatCatalog.Recognize(head));
        }

        var gzip = new GZipStream(body.AsStream(leaveOpen: true), CompressionMode.Decompress);
        var unpacked = PipeReader.Create(new BoundedStream(gzip, maxUnpackedBytes), new StreamPipeReaderOptions(bufferSize: 32 * 1024));
        try
        {
            head = await PeekAsync(unpacked, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Nobody else would give the unpacking stream and its buffers back.
            await unpacked.CompleteAsync().ConfigureAwait(false);
            throw;
        }

        return new RecognizedBody(body, unpacked, FlowFormatCatalog.Recognize(head));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _unpacked?.CompleteAsync() ?? ValueTask.CompletedTask;

    private static async ValueTask<byte[]> PeekAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("Reading the body was cancelled.");
            }

            if (result.IsCompleted || buffer.Length >= FlowFormatCatalog.HeadBytes)
            {
                var head = new byte[Math.Min(buffer.Length, FlowFormatCatalog.HeadBytes)];
                System.Buffers.BuffersExtensions.CopyTo(buffer.Slice(0, head.Length), head);
                body.AdvanceTo(buffer.Start);
                return head;
            }

            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private sealed class BoundedStream(Stream inner, long maxBytes) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Count(int bytes)
        {
            _read += bytes;
            return _read <= maxBytes ? bytes : throw new BodyTooLargeException($"Unpacked, the body is larger than {maxBytes} bytes.");
        }
    }
}
