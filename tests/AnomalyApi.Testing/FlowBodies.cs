using System.IO.Pipelines;
using System.Text;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Testing;

/// <summary>Reads bodies as the service does, without HTTP.</summary>
public static class FlowBodies
{
    /// <summary>Reads a body of that media type. The batch of the answer is the caller's.</summary>
    /// <param name="pieceBytes">How many bytes arrive at a time; 0 for all at once.</param>
    public static async Task<FlowReadTarget> ReadAsync(string mediaType, byte[] body, int pieceBytes = 0, string? sensor = null, string? columnMap = null)
    {
        var format = FlowFormatCatalog.Find(mediaType) ?? throw new ArgumentException($"No format reads {mediaType}.", nameof(mediaType));
        var target = new FlowReadTarget(FlowBatch.Rent(), sensor) { ColumnMap = columnMap };
        try
        {
            await format.ReadAsync(Pipe(body, pieceBytes), target, CancellationToken.None);
            target.Batch.FillCommunityIds();
            return target;
        }
        catch
        {
            target.Batch.Dispose();
            throw;
        }
    }

    /// <summary>Reads a body that is text.</summary>
    public static Task<FlowReadTarget> ReadAsync(string mediaType, string body) => ReadAsync(mediaType, Encoding.UTF8.GetBytes(body));

    /// <summary>Reads a stream as it comes.</summary>
    public static async Task<FlowReadTarget> ReadAsync(string mediaType, Stream body)
    {
        var target = new FlowReadTarget(FlowBatch.Rent());
        var reader = PipeReader.Create(body);
        await FlowFormatCatalog.Find(mediaType)!.ReadAsync(reader, target, CancellationToken.None);
        target.Batch.FillCommunityIds();
        await reader.CompleteAsync();
        return target;
    }

    // Of an empty array that is not the framework's own one, the framework's reader reads once and throws at the second time.
    private static PipeReader Pipe(byte[] body, int pieceBytes) => pieceBytes == 0
        ? PipeReader.Create(body.Length == 0 ? System.Buffers.ReadOnlySequence<byte>.Empty : new System.Buffers.ReadOnlySequence<byte>(body))
        : PipeReader.Create(new TricklingStream(body, pieceBytes));

    // A slow network: every read gives a few bytes only.
    private sealed class TricklingStream(byte[] body, int pieceBytes) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span[..Math.Min(pieceBytes, buffer.Length)]));
    }
}
