using System.Buffers;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Preprocessing;

/// <summary>What was learned about the columns of the training rows, and turns any rows into what a detector sees: missing values filled,
/// columns scaled, categories encoded, columns chosen or projected. Immutable and thread-safe.</summary>
public sealed class Preparation
{
    private readonly ColumnEncoder _encoder;

    // Encoded columns that are kept, ascending; null for all.
    private readonly int[]? _kept;
    private readonly Projection? _projection;

    private Preparation(ColumnEncoder encoder, int[]? kept, Projection? projection)
    {
        _encoder = encoder;
        _kept = kept;
        _projection = projection;
    }

    /// <summary>Columns of the rows it takes.</summary>
    public int InputCount => _encoder.InputCount;

    /// <summary>Columns of the rows it gives, 1 or more.</summary>
    public int OutputCount => _projection?.OutputCount ?? _kept?.Length ?? _encoder.OutputCount;

    /// <summary>For each output column the input column it is made of; null when a projection mixes them. A new array on each call.</summary>
    internal int[]? Sources
    {
        get
        {
            if (_projection is not null)
                return null;

            var sources = _encoder.Sources();
            return _kept is null ? sources : [.. _kept.Select(column => sources[column])];
        }
    }

    /// <summary>Learns from training rows. What is typical is learned from rows not labelled anomalous, when there are any.</summary>
    /// <param name="rows">Shape [n, d], n at least 1; NaN stands for missing.</param>
    /// <param name="kinds">d kinds; null when every column is numeric.</param>
    /// <exception cref="ArgumentException">There are no rows or another number of kinds, a value is infinite or no category code, an option
    /// is out of range, or labels are needed for the selection and missing.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Preparation Fit(TrainingRows rows, IReadOnlyList<ColumnKind>? kinds, PreparationOptions options, CancellationToken ct) =>
        Fit(rows, kinds, options, judge: null, new FitSettings(1), ct);

    /// <param name="judge">The detector by which columns are selected where that is asked for; null when there is none.</param>
    internal static Preparation Fit(
        TrainingRows rows, IReadOnlyList<ColumnKind>? kinds, PreparationOptions options, IDetector? judge, FitSettings settings, CancellationToken ct)
    {
        DetectorArguments.CheckOptions(options);
        DetectorArguments.CheckFit(rows, settings, acceptsMissing: true);
        kinds ??= [.. Enumerable.Repeat(ColumnKind.Numeric, rows.ColumnCount)];
        if (kinds.Count != rows.ColumnCount)
            throw new ArgumentException($"There are {kinds.Count} column kinds for {rows.ColumnCount} columns.", nameof(kinds));

        var typical = rows.Where(RowLabel.Normal, RowLabel.Unknown);
        if (typical.RowCount == 0)
            typical = rows;

        var encoder = ColumnEncoder.Fit(typical.Features, kinds, options, ct);
        var preparation = new Preparation(encoder, kept: null, projection: null);
        if (options.KeepColumns > 0 && options.KeepColumns < preparation.OutputCount)
        {
            var importance = options.Selection switch
            {
                FeatureSelection.Variance => FeatureRanking.Variance(preparation.Apply(typical.Features)),
                FeatureSelection.MutualInformation => FeatureRanking.MutualInformation(rows.With(preparation.Apply(rows.Features))),
                _ when judge is null => throw new ArgumentException("Permutation importance needs a detector; there is none here.", nameof(options)),
                _ => FeatureRanking.PermutationImportance(judge, rows.With(preparation.Apply(rows.Features)), settings, ct),
            };
            preparation = new Preparation(encoder, Best(importance, options.KeepColumns), projection: null);
        }

        return options.Components == 0 || options.Components >= preparation.OutputCount
            ? preparation
            : new Preparation(encoder, preparation._kept, Projection.Fit(preparation.Apply(typical.Features), options.Components, ct));
    }

    /// <summary>Prepared copies of rows.</summary>
    /// <param name="rows">Shape [n, <see cref="InputCount"/>]. Infinities count as the largest float, a missing value as was chosen.</param>
    /// <returns>Shape [n, <see cref="OutputCount"/>], all finite; NaN only where missing values are kept.</returns>
    /// <exception cref="ArgumentException">The column count does not match.</exception>
    public FeatureMatrix Apply(FeatureMatrix rows)
    {
        var prepared = new FeatureMatrix(new float[(long)rows.RowCount * OutputCount], rows.RowCount, OutputCount);
        Apply(rows, 0, prepared);
        return prepared;
    }

    /// <summary>Prepares as many rows as <paramref name="prepared"/> has, from <paramref name="first"/> on. Does not allocate.</summary>
    /// <exception cref="ArgumentException">A column count does not match.</exception>
    internal void Apply(FeatureMatrix rows, int first, FeatureMatrix prepared)
    {
        if ((rows.ColumnCount != InputCount && rows.RowCount > 0) || prepared.ColumnCount != OutputCount)
            throw new ArgumentException($"Rows have {rows.ColumnCount} columns; the preparation was fitted on {InputCount}.", nameof(rows));

        if (_kept is null && _projection is null)
        {
            for (var row = 0; row < prepared.RowCount; row++)
                _encoder.Apply(rows.Row(first + row), prepared.Row(row));

            return;
        }

        var buffer = ArrayPool<float>.Shared.Rent(_encoder.OutputCount);
        try
        {
            var encoded = buffer.AsSpan(0, _encoder.OutputCount);
            for (var row = 0; row < prepared.RowCount; row++)
            {
                _encoder.Apply(rows.Row(first + row), encoded);
                Reduce(encoded, prepared.Row(row));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes everything <see cref="Read"/> needs to prepare alike.</summary>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _encoder.Write(writer);
        writer.WriteInt32(_kept is null ? 0 : 1);
        if (_kept is not null)
            writer.WriteArray<int>(_kept);

        writer.WriteInt32(_projection is null ? 0 : 1);
        _projection?.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no preparation.</exception>
    public static Preparation Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var encoder = ColumnEncoder.Read(reader);
        var kept = reader.ReadInt32(0, 1, "selection flag") == 1 ? reader.ReadArray<int>() : null;
        for (var i = 0; i < kept?.Length; i++)
        {
            if (kept[i] < 0 || kept[i] >= encoder.OutputCount || (i > 0 && kept[i] <= kept[i - 1]))
                throw new ModelFileException($"Kept column {i} is {kept[i]}; allowed are ascending numbers from 0 to {encoder.OutputCount - 1}.");
        }

        var projection = reader.ReadInt32(0, 1, "projection flag") == 1 ? Projection.Read(reader) : null;
        var width = kept?.Length ?? encoder.OutputCount;
        if (width == 0 || (projection is not null && projection.InputCount != width))
            throw new ModelFileException($"A projection takes {projection?.InputCount} columns of {width} that are kept.");

        return new Preparation(encoder, kept, projection);
    }

    private void Reduce(Span<float> encoded, Span<float> prepared)
    {
        if (_kept is not null)
        {
            // Ascending, so nothing is overwritten before it is read.
            for (var i = 0; i < _kept.Length; i++)
                encoded[i] = encoded[_kept[i]];

            encoded = encoded[.._kept.Length];
        }

        if (_projection is null)
            encoded.CopyTo(prepared);
        else
            _projection.Apply(encoded, prepared);
    }

    private static int[] Best(double[] importance, int count)
    {
        int[] best = [.. Enumerable.Range(0, importance.Length).OrderByDescending(column => importance[column]).Take(count)];
        Array.Sort(best);
        return best;
    }
}
