using System.Buffers;
using System.IO.Pipelines;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace AnomalyApi.Flows.Formats.NativeJson;

/// <summary>Splits a JSON array into its elements as it arrives. Holds at most one element, and of one that is too long nothing.</summary>
/// <remarks>It finds where an element ends by counting brackets outside of strings; whether the element is JSON is for its parser to say.
/// <see cref="System.Text.Json.Utf8JsonReader"/> cannot do this: it reads a token only when the whole token is there, so a string of 100 MB
/// would have to be held.</remarks>
internal sealed class JsonArrayReader(PipeReader pipe) : IDisposable
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> EndOfBare = SearchValues.Create(",]} \t\r\n"u8);

    private readonly PipeSegments _segments = new(pipe);
    private readonly RecordBuffer _partial = new();
    private Place _place = Place.BeforeArray;
    private long _before;
    private int _position;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _partialTaken;

    private enum Place
    {
        BeforeArray, BeforeFirst, BeforeNext, InContainer, InBare, AfterElement, AfterArray,
    }

    /// <summary>Whether the array was read to its end; else there was none.</summary>
    public bool IsComplete => _place == Place.AfterArray;

    /// <summary>Number of the element read last, from 1.</summary>
    public int ElementNumber { get; private set; }

    /// <summary>The element read last was longer than <see cref="FlowFormatCatalog.MaxRecordBytes"/>; its text is gone.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The element read last was nested deeper than <see cref="JsonRecords.MaxDepth"/>.</summary>
    public bool IsTooDeep { get; private set; }

    /// <summary>Waits for more; false when every element was read.</summary>
    /// <exception cref="FlowFormatException">The body ends in the middle of the array.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _before += _segments.Current.Length;
        _position = 0;
        if (await _segments.NextAsync(cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        return _place switch
        {
            Place.AfterArray or Place.BeforeArray => false,
            _ => throw new FlowFormatException(
                $"The body ends after {_before} bytes, {(_place is Place.InContainer or Place.InBare ? $"inside element {ElementNumber + 1L} of" : "before the end of")} the JSON array."),
        };
    }

    /// <summary>The next element, valid until the next call; false when more must be waited for.</summary>
    /// <exception cref="FlowFormatException">The body is not a JSON array.</exception>
    public bool TryRead(out ReadOnlySpan<byte> element)
    {
        if (_partialTaken)
        {
            _partial.Clear();
            _partialTaken = false;
        }

        var piece = _segments.Current.Span;
        if (_place is not (Place.InContainer or Place.InBare) && !FindStart(piece))
        {
            element = default;
            return false;
        }

        var start = _position;
        var found = _place == Place.InContainer ? FindEnd(piece) : FindEndOfBare(piece);
        element = piece[start.._position];
        if (!found)
        {
            _partial.Append(element);
            return false;
        }

        IsTooLong = element.Length > FlowFormatCatalog.MaxRecordBytes;
        if (!_partial.IsEmpty)
        {
            _partial.Append(element);
            _partialTaken = true;
            IsTooLong = _partial.IsTooLong;
            element = _partial.Written;
        }

        ElementNumber = Saturating.Next(ElementNumber);
        _place = Place.AfterElement;
        return true;
    }

    /// <summary>Gives buffers back, and the pipe to its owner.</summary>
    public void Dispose()
    {
        _partial.Dispose();
        _segments.Dispose();
    }

    // Walks over what may stand between elements, up to the first byte of the next one.
    private bool FindStart(ReadOnlySpan<byte> piece)
    {
        for (; _position < piece.Length; _position++)
        {
            var c = piece[_position];
            if (c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' || (_place == Place.BeforeArray && IsByteOrderMark(c)))
            {
                continue;
            }

            switch (_place)
            {
                case Place.BeforeArray when c == '[':
                    _place = Place.BeforeFirst;
                    break;
                case Place.BeforeArray:
                    throw new FlowFormatException(c == '{'
                        ? "The body begins with an object. A JSON array of flows is expected; one object a line is application/x-ndjson."
                        : $"The body begins with {Show(c)}. A JSON array of flows is expected, which begins with '['.");
                case Place.BeforeFirst or Place.AfterElement when c == ']':
                    _place = Place.AfterArray;
                    break;
                case Place.AfterElement when c == ',':
                    _place = Place.BeforeNext;
                    break;
                case Place.BeforeFirst or Place.BeforeNext when c is not ((byte)']' or (byte)',' or (byte)'}' or (byte)':'):
                    IsTooDeep = false;
                    _depth = 0;
                    _inString = false;
                    _escaped = false;
                    _place = c is (byte)'{' or (byte)'[' or (byte)'"' ? Place.InContainer : Place.InBare;
                    return true;
                default:
                    throw new FlowFormatException(
                        $"Not valid JSON at byte {_before + _position + 1} of the body: {Show(c)} {Where()}.");
            }
        }

        return false;
    }

    private bool FindEnd(ReadOnlySpan<byte> piece)
    {
        while (true)
        {
            if (SkipBlocks(piece))
            {
                return true;
            }

            if (_position == piece.Length)
            {
                return false;
            }

            if (_escaped)
            {
                _escaped = false;
                _position++;
                continue;
            }

            var rest = piece[_position..];
            var next = _inString ? rest.IndexOfAny((byte)'"', (byte)'\\') : rest.IndexOfAny(Structure);
            if (next < 0)
            {
                _position = piece.Length;
                return false;
            }

            _position += next + 1;
            switch (rest[next])
            {
                case (byte)'\\':
                    _escaped = true;
                    break;
                case (byte)'"':
                    _inString = !_inString;
                    break;
                case (byte)'{' or (byte)'[':
                    IsTooDeep |= ++_depth > JsonRecords.MaxDepth;
                    break;
                default:
                    _depth--;
                    break;
            }

            if (_depth == 0 && !_inString)
            {
                return true;
            }
        }
    }

    // The same, 32 bytes at a time, as far as there are no backslashes; true when the element ends. Names and values are so short that
    // going from quote to quote took longer than reading the flow itself.
    private bool SkipBlocks(ReadOnlySpan<byte> piece)
    {
        while (_depth > 0 && !_escaped && piece.Length - _position >= Vector256<byte>.Count)
        {
            var block = Vector256.Create(piece.Slice(_position, Vector256<byte>.Count));
            if (Vector256.EqualsAny(block, Vector256.Create((byte)'\\')))
            {
                return false;
            }

            // Bit i says whether byte i is inside of a string: the parity of the quotes up to it (Langdale and Lemire, Parsing gigabytes
            // of JSON per second, VLDB Journal 2019, section 3.1.1).
            var quotes = Vector256.Equals(block, Vector256.Create((byte)'"')).ExtractMostSignificantBits();
            var inside = quotes;
            inside ^= inside << 1;
            inside ^= inside << 2;
            inside ^= inside << 4;
            inside ^= inside << 8;
            inside ^= inside << 16;
            inside = _inString ? ~inside : inside;

            // '[' and '{', and ']' and '}', differ in one bit, the same one.
            var folded = block | Vector256.Create((byte)0x20);
            var opening = Vector256.Equals(folded, Vector256.Create((byte)'{')).ExtractMostSignificantBits() & ~inside;
            var closing = Vector256.Equals(folded, Vector256.Create((byte)'}')).ExtractMostSignificantBits() & ~inside;
            for (var brackets = opening | closing; brackets != 0; brackets &= brackets - 1)
            {
                var at = BitOperations.TrailingZeroCount(brackets);
                _depth += (opening >> at & 1) != 0 ? 1 : -1;
                IsTooDeep |= _depth > JsonRecords.MaxDepth;
                if (_depth == 0)
                {
                    _inString = false;
                    _position += at + 1;
                    return true;
                }
            }

            _inString ^= (BitOperations.PopCount(quotes) & 1) != 0;
            _position += Vector256<byte>.Count;
        }

        return false;
    }

    private bool FindEndOfBare(ReadOnlySpan<byte> piece)
    {
        var end = piece[_position..].IndexOfAny(EndOfBare);
        _position = end < 0 ? piece.Length : _position + end;
        return end >= 0;
    }

    // Only at the very start; anything else that is no bracket is refused there anyway.
    private bool IsByteOrderMark(byte c)
    {
        var at = _before + _position;
        return (at == 0 && c == 0xEF) || (at == 1 && c == 0xBB) || (at == 2 && c == 0xBF);
    }

    private string Where() => _place switch
    {
        Place.AfterArray => "behind the end of the array",
        Place.AfterElement => $"behind element {ElementNumber}, where ',' or ']' is expected",
        _ => $"where element {ElementNumber + 1L} is expected",
    };

    private static string Show(byte c) => c is > 0x20 and < 0x7F ? $"'{(char)c}'" : $"the byte 0x{c:X2}";
}
