using System.Buffers;
using System.Globalization;
using System.Text;
using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Simulate.Writers;

/// <summary>Builds one line of text from the values of a flow.</summary>
internal sealed class TextRow
{
    private readonly StringBuilder _line = new();

    /// <summary>Adds text.</summary>
    public TextRow Add(ReadOnlySpan<char> text)
    {
        _line.Append(text);
        return this;
    }

    /// <summary>Adds a whole number.</summary>
    public TextRow Add(long number)
    {
        _line.Append(CultureInfo.InvariantCulture, $"{number}");
        return this;
    }

    /// <summary>Adds microseconds as seconds with six decimals.</summary>
    public TextRow AddSeconds(long microseconds)
    {
        _line.Append(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000}.{microseconds % 1_000_000:D6}");
        return this;
    }

    /// <summary>Adds a time in the given form of the framework.</summary>
    public TextRow AddTime(long microseconds, string format)
    {
        _line.Append(FlowTime.FromMicroseconds(microseconds).ToString(format, CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Writes the line and forgets it.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        _line.Append('\n');
        foreach (var chunk in _line.GetChunks())
            Encoding.UTF8.GetBytes(chunk.Span, output);

        _line.Clear();
    }
}
