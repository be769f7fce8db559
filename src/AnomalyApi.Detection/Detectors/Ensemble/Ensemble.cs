using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Several detectors joined by their p-values: a row that is rare to any of them is rare.</summary>
/// <remarks>
/// Each member is fitted on most rows and calibrated on the others, and the p-values are joined by <see cref="CauchyCombination"/>. Members
/// that learn from values alone see the rows not labelled anomalous; members that need labels take part when there are
/// <see cref="EnsembleOptions.MinimumLabels"/> of each. All are calibrated on rows not labelled anomalous. With too few rows to
/// hold one out it is calibrated on those it is fitted on. Thread-safe.
/// </remarks>
public sealed class Ensemble : IDetector
{
    private readonly EnsembleOptions _options;

    /// <summary>Makes the detector; it can fit any number of models.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the text lists every fault.</exception>
    public Ensemble(EnsembleOptions options)
    {
        DetectorArguments.CheckOptions(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => DetectorCatalog.EnsembleName;

    /// <inheritdoc/>
    public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken)
    {
        DetectorArguments.CheckFit(rows, settings);
        var (fit, calibration) = Split(rows, settings.Seed);
        var typical = fit.Where(RowLabel.Normal, RowLabel.Unknown);
        var members = MembersFor(rows);
        var fitted = new EnsembleMember[members.Length];
        var progress = new MemberProgress(settings.Progress, members.Length);
        var totalWeight = members.Sum(member => member.Weight);
        for (var i = 0; i < fitted.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (descriptor, weight) = members[i];
            var model = descriptor.Create(null).Fit(
                descriptor.Labels == LabelUse.Ignored && typical.RowCount > 0 ? typical : fit,
                settings with { Progress = progress.Of() },
                cancellationToken);
            fitted[i] = new EnsembleMember(descriptor.Name, model, Calibration.Fit(model, calibration, cancellationToken), weight / totalWeight);
        }

        settings.Progress?.Report(1);
        return new EnsembleModel(fitted);
    }

    /// <summary>Rows to fit on, every one labelled anomalous among them, and other rows to calibrate on.</summary>
    private (TrainingRows Fit, FeatureMatrix Calibration) Split(TrainingRows rows, ulong seed)
    {
        int[] typical = [.. Enumerable.Range(0, rows.RowCount).Where(row => rows.Label(row) != RowLabel.Anomaly)];
        new SeededRandom(seed).Shuffle(typical.AsSpan());
        var calibration = typical.AsSpan(0, (int)(typical.Length * _options.CalibrationShare));
        if (calibration.IsEmpty)
            return (rows, typical.Length == 0 ? rows.Features : rows.Features.Pick(typical));

        var heldOut = new HashSet<int>(calibration.ToArray());
        int[] fit = [.. Enumerable.Range(0, rows.RowCount).Where(row => !heldOut.Contains(row))];
        return (rows.Pick(fit), rows.Features.Pick(calibration));
    }

    private (DetectorDescriptor Descriptor, double Weight)[] MembersFor(TrainingRows rows)
    {
        var hasLabels = Math.Min(rows.Count(RowLabel.Normal), rows.Count(RowLabel.Anomaly)) >= _options.MinimumLabels;
        var all = EnsembleMembers.Names(_options).Zip(
            EnsembleMembers.Weights(_options)!, (name, weight) => (Descriptor: DetectorCatalog.Get(name), Weight: weight)).ToArray();
        var taking = Array.FindAll(all, member => member.Descriptor.Labels != LabelUse.Needed || hasLabels);
        return taking.Length > 0
            ? taking
            : throw new ArgumentException(
                $"Every member needs labels, and {rows.Count(RowLabel.Normal)} rows are labelled normal and {rows.Count(RowLabel.Anomaly)} anomalous; "
                + $"at least {_options.MinimumLabels} of each are needed.",
                nameof(rows));
    }
}
