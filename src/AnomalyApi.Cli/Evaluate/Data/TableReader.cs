using System.Globalization;
using System.Security.Cryptography;
using AnomalyApi.Cli.Csv;
using AnomalyApi.Detection.Preprocessing;
using CsvHelper;

namespace AnomalyApi.Cli.Evaluate.Data;

/// <summary>Puts the records of one file into the rows of a table.</summary>
internal sealed class TableReader
{
    private readonly LabelledTable _table;
    private readonly CsvSurvey _survey;
    private readonly NormalValues _normal;
    private readonly bool _withHash;

    // Where in the file each feature is; files may order columns differently.
    private readonly int[] _features;
    private readonly int _label;
    private readonly int _time = -1;
    private readonly int _group = -1;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // By label code: labels are few, and comparing their texts for each row is not free.
    private readonly List<Detection.RowLabel> _labels = [];

    private long _infinities;
    private readonly long[] _texts;

    /// <exception cref="CommandException">A column is not in the file.</exception>
    public TableReader(LabelledTable table, CsvSurvey survey, NormalValues normal, bool withHash)
    {
        _table = table;
        _survey = survey;
        _normal = normal;
        _withHash = withHash;
        _features = [.. table.Roles.Features.Select(feature => survey.Find(feature.Name))];
        _texts = new long[_features.Length];
        _label = survey.Find(table.Roles.Label);
        if (table.Roles.Time is { } time)
            _time = survey.Find(time);

        if (table.Roles.Group is { } group)
            _group = survey.Find(group);
    }

    /// <exception cref="CommandException">The time is none.</exception>
    public void Read(CsvReader record, int row)
    {
        var values = _table.Rows.Row(row);
        for (var i = 0; i < _features.Length; i++)
            values[i] = Value(record.GetSpan(_features[i]), i);

        var label = _table.LabelCodes[row] = _table.LabelValues.CodeOf(record.GetSpan(_label));
        while (_labels.Count <= label)
            _labels.Add(_normal.Read(_table.LabelTexts[_labels.Count]));

        _table.Labels[row] = _labels[label];
        if (_time >= 0)
            _table.Times[row] = Time(record);

        if (_group >= 0)
            _table.Groups[row] = _table.GroupValues.CodeOf(record.GetSpan(_group));

        if (_withHash)
            _table.IsOddHash[row] = IsOddHash(record);
    }

    /// <summary>What was odd about the values.</summary>
    public IEnumerable<string> Notes()
    {
        if (_infinities > 0)
            yield return $"{_infinities} cells are infinite and count as missing";

        for (var i = 0; i < _features.Length; i++)
        {
            if (_texts[i] > 0)
            {
                var column = _survey.Columns[_features[i]];
                yield return $"column '{column.Name}' is numeric; {_texts[i]} cells of it are text (such as '{column.Examples[0]}') and count as missing";
            }
        }
    }

    private float Value(ReadOnlySpan<byte> cell, int feature)
    {
        var column = _table.Roles.Features[feature];
        var kind = CsvCell.Read(cell, out var number);
        if (column.Kind == ColumnKind.Categorical)
            return kind == CellKind.Missing ? float.NaN : column.Categories.CodeOf(cell);

        if (kind == CellKind.Infinite)
            _infinities++;
        else if (kind == CellKind.Text)
            _texts[feature]++;

        return number;
    }

    private double Time(CsvReader record)
    {
        var cell = record.GetSpan(_time);
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds))
            return seconds;

        var text = CsvCell.Text(cell);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.UtcTicks / (double)TimeSpan.TicksPerSecond
            : throw new CommandException($"'{_survey.File.Path}', line {record.LineNumber}: '{text}' in column '{_table.Roles.Time}' is no time.");
    }

    /// <summary>Whether the lowest bit of the first byte of SHA-256 over the feature cells as written, joined by commas, is 1. Equal rows
    /// fall on the same side.</summary>
    private bool IsOddHash(CsvReader record)
    {
        for (var i = 0; i < _features.Length; i++)
        {
            if (i > 0)
                _hash.AppendData(","u8);

            _hash.AppendData(record.GetRawSpan(_features[i]));
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        return (digest[0] & 1) == 1;
    }
}
