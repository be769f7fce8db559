using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Detection.Evaluation;

/// <summary>The fitting rows of one split, divided into those a detector is fitted on and those thresholds and options are chosen on, and
/// prepared by what the former show.</summary>
/// <param name="Preparation">Fitted on the rows the detector is fitted on.</param>
/// <param name="Fit">Prepared rows to fit on, with the labels the detector may see.</param>
/// <param name="Validation">Prepared rows to choose on.</param>
/// <param name="ValidationLabels">Labels of those.</param>
/// <param name="FitLabels">Labels of the rows to fit on, also where the detector may not see them.</param>
/// <param name="PrepareSeconds">Time to fit the preparation and to prepare the rows to fit on.</param>
internal sealed record FittingRows(
    Preparation Preparation, TrainingRows Fit, FeatureMatrix Validation, RowLabel[] ValidationLabels, RowLabel[] FitLabels, double PrepareSeconds)
{
    /// <exception cref="ArgumentException">There are no rows to fit on, or no normal rows to choose a threshold on.</exception>
    public static FittingRows Of(
        DetectorDescriptor descriptor, TrainingRows rows, EvaluationSettings settings, ulong seed, TimeProvider time, CancellationToken ct)
    {
        var labels = LabelsOf(rows);
        var held = Splits.HoldOut(labels, settings.ValidationShare, seed);
        var fit = rows.Pick(RowsToFit(descriptor, labels, held.Fit, settings.FitOn));
        if (fit.RowCount == 0)
            throw new ArgumentException($"Of {rows.RowCount} rows none is left to fit on: {rows.Count(RowLabel.Normal)} are labelled normal.", nameof(rows));

        var fitLabels = LabelsOf(fit);

        // As if nobody had labelled anything.
        if (settings.FitOn == FitOn.All && descriptor.Labels == LabelUse.Ignored)
            fit = fit.Features;

        var validationLabels = Array.ConvertAll(held.Test, row => labels[row]);
        if (!NormalsOrUnknown(validationLabels).Any())
        {
            throw new ArgumentException(
                $"Of {rows.RowCount} rows {rows.Count(RowLabel.Normal)} are labelled normal; at least 2 are needed, to fit and to choose a threshold on.",
                nameof(rows));
        }

        var start = time.GetTimestamp();
        var preparation = Preparation.Fit(fit, settings.Kinds, settings.Preparation, ct);
        fit = fit.With(preparation.Apply(fit.Features));
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        return new FittingRows(preparation, fit, preparation.Apply(rows.Features.Pick(held.Test)), validationLabels, fitLabels, seconds);
    }

    /// <summary>Indices of the rows that stand for normal ones: those labelled so, or those of unknown label when none is.</summary>
    public static IEnumerable<int> NormalsOrUnknown(RowLabel[] labels)
    {
        var wanted = labels.Contains(RowLabel.Normal) ? RowLabel.Normal : RowLabel.Unknown;
        return Enumerable.Range(0, labels.Length).Where(row => labels[row] == wanted);
    }

    private static int[] RowsToFit(DetectorDescriptor descriptor, RowLabel[] labels, int[] candidates, FitOn fitOn)
    {
        if (descriptor.Labels == LabelUse.Needed)
            return [.. candidates.Where(row => labels[row] != RowLabel.Unknown)];

        if (fitOn == FitOn.All)
            return candidates;

        var candidateLabels = Array.ConvertAll(candidates, row => labels[row]);
        return [.. NormalsOrUnknown(candidateLabels).Select(place => candidates[place])];
    }

    private static RowLabel[] LabelsOf(TrainingRows rows)
    {
        var labels = new RowLabel[rows.RowCount];
        for (var row = 0; row < labels.Length; row++)
            labels[row] = rows.Label(row);

        return labels;
    }
}
