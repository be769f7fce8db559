using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats;

/// <summary>Splits a body into lines as it arrives. Holds at most one line, and of a line that is too long nothing.</summary>
/// <remarks><c>while (await lines.FillAsync(token)) { while (lines.TryRead(out var line)) { ... } }</c></remarks>
internal sealed class LineReader(PipeReader pipe) : IDisposable
{
    private readonly PipeSegments _segments = new(pipe);
    private readonly RecordBuffer _partial = new();
    private int _position;
    private bool _atEnd;
    private bool _partialTaken;

    /// <summary>Number of the line read last, from 1; stays at <see cref="int.MaxValue"/>.</summary>
    public int LineNumber { get; private set; }

    /// <summary>The line read last was longer than <see cref="FlowFormatCatalog.MaxRecordBytes"/>; its text is gone.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Waits for more; false when every line was read.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _position = 0;
        if (_atEnd)
        {
            return false;
        }

        if (await _segments.NextAsync(cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        _atEnd = true;
        return !_partial.IsEmpty;
    }

    /// <summary>The next line without its line end (LF or CRLF), valid until the next call; false when more must be waited for.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        if (_partialTaken)
        {
            _partial.Clear();
            _partialTaken = false;
        }

        var rest = _segments.Current.Span[_position..];
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            _partial.Append(rest);
            _position += rest.Length;
            if (!_atEnd || _partial.IsEmpty)
            {
                line = default;
                return false;
            }

            line = TakePartial();
        }
        else
        {
            _position += end + 1;
            line = rest[..end];
            IsTooLong = end > FlowFormatCatalog.MaxRecordBytes;
            if (!_partial.IsEmpty)
            {
                _partial.Append(line);
                line = TakePartial();
            }
        }

        LineNumber = Saturating.Next(LineNumber);
        if (line.Length > 0 && line[^1] == '\r')
        {
            line = line[..^1];
        }

        // Files saved on Windows begin with a byte order mark.
        if (LineNumber == 1 && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        return true;
    }

    /// <summary>Gives buffers back, and the pipe to its owner.</summary>
    public void Dispose()
    {
        _partial.Dispose();
        _segments.Dispose();
    }

    private ReadOnlySpan<byte> TakePartial()
    {
        // Cleared with the next call, since the caller still reads it.
        _partialTaken = true;
        IsTooLong = _partial.IsTooLong;
        return _partial.Written;
    }
}
