using AnomalyApi.Cli.Csv;

namespace AnomalyApi.Cli.Evaluate.Data;

/// <summary>Numbers the different texts of a column in the order they turn up.</summary>
internal sealed class TextCodes
{
    private const int LongText = 512;

    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _texts = [];

    public TextCodes() => _lookup = _codes.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The texts, by code.</summary>
    public IReadOnlyList<string> Texts => _texts;

    public int CodeOf(ReadOnlySpan<byte> cell)
    {
        if (cell.Length > LongText)
            return CodeOf(CsvCell.Text(cell));

        Span<char> text = stackalloc char[LongText];
        return CodeOf(text[..CsvCell.CopyText(cell, text)]);
    }

    private int CodeOf(ReadOnlySpan<char> text)
    {
        if (_lookup.TryGetValue(text, out var code))
            return code;

        _texts.Add(text.ToString());
        return _codes[_texts[^1]] = _texts.Count - 1;
    }
}
