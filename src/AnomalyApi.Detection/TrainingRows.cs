namespace AnomalyApi.Detection;

/// <summary>Rows to fit on, and what is known of each. A matrix alone converts to rows of which nothing is known.</summary>
/// <remarks>A view, cheap to copy. Concurrent reads are safe while nobody writes the arrays behind it.</remarks>
public readonly struct TrainingRows
{
    private readonly ReadOnlyMemory<RowLabel> _labels;

    /// <summary>Rows with a label for each.</summary>
    /// <param name="features">Shape [n, d].</param>
    /// <param name="labels">n labels, or none at all when nothing is known.</param>
    /// <exception cref="ArgumentException">There are labels, but not as many as rows.</exception>
    public TrainingRows(FeatureMatrix features, ReadOnlyMemory<RowLabel> labels)
    {
        if (!labels.IsEmpty && labels.Length != features.RowCount)
            throw new ArgumentException($"There are {labels.Length} labels for {features.RowCount} rows.", nameof(labels));

        Features = features;
        _labels = labels;
    }

    /// <summary>The rows.</summary>
    public FeatureMatrix Features { get; }

    /// <summary>Number of rows, 0 or more.</summary>
    public int RowCount => Features.RowCount;

    /// <summary>Number of columns, 1 or more.</summary>
    public int ColumnCount => Features.ColumnCount;

    /// <summary>Whether there is at least one normal and one anomalous row, as a labelled detector needs.</summary>
    public bool HasBothLabels => _labels.Span.Contains(RowLabel.Normal) && _labels.Span.Contains(RowLabel.Anomaly);

    /// <summary>What is known of one row.</summary>
    public RowLabel Label(int row) => _labels.IsEmpty ? RowLabel.Unknown : _labels.Span[row];

    /// <summary>Number of rows with that label.</summary>
    public int Count(RowLabel label) =>
        !_labels.IsEmpty ? _labels.Span.Count(label) : label == RowLabel.Unknown ? RowCount : 0;

    /// <summary>Copies of the rows named by <paramref name="rows"/> with their labels, in that order.</summary>
    public TrainingRows Pick(ReadOnlySpan<int> rows)
    {
        if (_labels.IsEmpty)
            return Features.Pick(rows);

        var labels = new RowLabel[rows.Length];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = _labels.Span[rows[i]];

        return new TrainingRows(Features.Pick(rows), labels);
    }

    /// <summary>Copies of the rows that carry one of two labels, in their order; the same rows when all do.</summary>
    public TrainingRows Where(RowLabel label, RowLabel orLabel)
    {
        var kept = new List<int>(RowCount);
        for (var row = 0; row < RowCount; row++)
        {
            if (Label(row) == label || Label(row) == orLabel)
                kept.Add(row);
        }

        return kept.Count == RowCount ? this : Pick(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(kept));
    }

    /// <summary>The same labels on other values of the same rows, for example prepared ones.</summary>
    /// <exception cref="ArgumentException">There are more or fewer rows.</exception>
    public TrainingRows With(FeatureMatrix features) =>
        features.RowCount == RowCount
            ? new TrainingRows(features, _labels)
            : throw new ArgumentException($"There are {features.RowCount} rows; {RowCount} are needed.", nameof(features));

    /// <summary>Rows of which nothing is known.</summary>
    public static implicit operator TrainingRows(FeatureMatrix features) => new(features, default);
}
