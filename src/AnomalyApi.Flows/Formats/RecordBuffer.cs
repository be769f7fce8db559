using System.Buffers;

namespace AnomalyApi.Flows.Formats;

/// <summary>Joins a record that arrives in several pieces, up to <see cref="FlowFormatCatalog.MaxRecordBytes"/>. What is longer is not kept.</summary>
internal sealed class RecordBuffer : IDisposable
{
    private byte[] _bytes = [];

    /// <summary>Bytes kept so far.</summary>
    public int Length { get; private set; }

    /// <summary>The record is too long, and its bytes are gone.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Whether no part of a record came before.</summary>
    public bool IsEmpty => Length == 0 && !IsTooLong;

    /// <summary>What was joined; valid until the next <see cref="Append"/>.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Adds a piece.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        if (IsTooLong || Length + piece.Length > FlowFormatCatalog.MaxRecordBytes)
        {
            IsTooLong = true;
            Length = 0;
            return;
        }

        if (_bytes.Length < Length + piece.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + piece.Length, Math.Min(_bytes.Length * 2, FlowFormatCatalog.MaxRecordBytes)));
            Written.CopyTo(larger);
            Dispose();
            _bytes = larger;
        }

        piece.CopyTo(_bytes.AsSpan(Length));
        Length += piece.Length;
    }

    /// <summary>Starts the next record.</summary>
    public void Clear()
    {
        Length = 0;
        IsTooLong = false;
    }

    /// <summary>Gives the array back.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
