using CsvHelper;

namespace AnomalyApi.Cli.Csv;

/// <summary>Looks at the start of a file to tell whether its first record names the columns.</summary>
internal sealed class CsvHeader
{
    private const int LookedAt = 1000;

    private int _records;
    private bool _hasNumbersBelow;
    private bool _recurs;

    /// <summary>The cells of the first record; null when there is no record.</summary>
    public string[]? First { get; private set; }

    /// <summary>Names are no numbers. Where the rows below have none either, names are told by not turning up again in their column.</summary>
    public bool IsHeader { get; private set; }

    /// <summary>Takes a record, and says whether another is wanted.</summary>
    public bool Take(CsvReader record)
    {
        if (First is null)
        {
            First = [.. Enumerable.Range(0, record.FieldCount).Select(i => CsvCell.Text(record.GetSpan(i)))];
            for (var i = 0; i < First.Length; i++)
            {
                if (CsvCell.Read(record.GetSpan(i), out _) is not (CellKind.Text or CellKind.Missing))
                    return false;
            }

            IsHeader = First.Any(name => name.Length > 0);
            return IsHeader;
        }

        for (var i = 0; i < Math.Min(First.Length, record.FieldCount); i++)
        {
            _hasNumbersBelow |= CsvCell.Read(record.GetSpan(i), out _) == CellKind.Number;
            _recurs |= First[i].Length > 0 && CsvCell.Text(record.GetSpan(i)) == First[i];
        }

        IsHeader = _hasNumbersBelow || !_recurs;
        return !_hasNumbersBelow && ++_records < LookedAt;
    }
}
