using System.IO.Pipelines;

namespace AnomalyApi.Flows.Formats;

/// <summary>Splits a body into lines as it arrives. Holds at most one line, and of a line that is too long nothing.</summary>
/// <remarks><c>while (await lines.FillAsync(token)) { while (lines.TryRead(target, out var line)) { ... } }</c></remarks>
internal sealed class LineReader(PipeReader pipe) : IDisposable
{
    private readonly PipeSegments _segments = new(pipe);
    private readonly RecordBuffer _partial = new();
    private int _position;
    private bool _atEnd;
    private bool _partialTaken;
    private bool _isTooLong;

    /// <summary>Number of the line read last, from 1; stays at <see cref="int.MaxValue"/>.</summary>
    public int LineNumber { get; private set; }

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

    /// <summary>The next line that is not blank, without its line end (LF or CRLF), valid until the next call; false when more must be waited for. One longer
    /// than <see cref="FlowFormatCatalog.MaxRecordBytes"/> is rejected, and its text is gone.</summary>
    public bool TryRead(FlowReadTarget target, out ReadOnlySpan<byte> line)
    {
        while (TryReadAny(out line))
        {
            if (_isTooLong)
            {
                target.Reject(LineNumber, FlowFormatCatalog.TooLong);
            }
            else if (!line.TrimStart(" \t\r"u8).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives buffers back, and the pipe to its owner.</summary>
    public void Dispose()
    {
        _partial.Dispose();
        _segments.Dispose();
    }

    private bool TryReadAny(out ReadOnlySpan<byte> line)
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
            _isTooLong = end > FlowFormatCatalog.MaxRecordBytes;
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

    private ReadOnlySpan<byte> TakePartial()
    {
        // Cleared with the next call, since the caller still reads it.
        _partialTaken = true;
        _isTooLong = _partial.IsTooLong;
        return _partial.Written;
    }
}
