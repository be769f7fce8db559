namespace AnomalyApi.Detection.Preprocessing;

/// <summary>A detector that sees prepared rows: fits the preparation and the detector to the same rows. Thread-safe.</summary>
/// <param name="inner">The detector.</param>
/// <param name="options">How rows are prepared for it.</param>
/// <param name="kinds">One kind a column; null when every column is numeric.</param>
public sealed class PreparedDetector(IDetector inner, PreparationOptions options, IReadOnlyList<ColumnKind>? kinds = null) : IDetector
{
    /// <summary>The name of the detector inside.</summary>
    public string Name => inner.Name;

    /// <summary>The detector with what its values need: standardised columns where the unit of a column would change the result, nothing
    /// where it would not.</summary>
    /// <param name="descriptor">The detector of the catalog.</param>
    /// <param name="detectorOptions">Of the descriptor's type; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static IDetector For(DetectorDescriptor descriptor, object? detectorOptions)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var detector = descriptor.Create(detectorOptions);
        return descriptor.IsScaleSensitive ? new PreparedDetector(detector, PreparationOptions.Default) : detector;
    }

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        var preparation = Preparation.Fit(rows, kinds, options, inner, settings with { Progress = null }, cancellationToken);
        var prepared = rows.With(preparation.Apply(rows.Features));
        return new PreparedModel(preparation, inner.Fit(prepared, settings, cancellationToken));
    }
}
