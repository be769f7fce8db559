using System.ComponentModel.DataAnnotations;

namespace AnomalyApi.Detection;

/// <summary>The checks every detector makes of what it is given, so that all refuse the same things in the same words.</summary>
internal static class DetectorArguments
{
    /// <summary>Refuses options outside the ranges of their attributes; the text lists every fault.</summary>
    public static void CheckOptions(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true))
            throw new ArgumentException(string.Join(" ", faults.Select(fault => fault.ErrorMessage)), nameof(options));
    }

    /// <summary>Refuses an empty matrix, values that are not finite and a thread count below 1.</summary>
    /// <param name="acceptsMissing">Whether NaN is taken as a missing value.</param>
    public static void CheckFit(TrainingRows rows, FitSettings settings, bool acceptsMissing = false)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.MaxThreads, 1);
        if (rows.RowCount == 0)
            throw new ArgumentException("There are no rows to fit on; at least 1 is needed.", nameof(rows));

        var values = rows.Features.AsSpan();
        for (var at = 0; at < values.Length; at++)
        {
            if (!float.IsFinite(values[at]) && !(acceptsMissing && float.IsNaN(values[at])))
            {
                throw new ArgumentException(
                    $"Row {at / rows.ColumnCount}, column {at % rows.ColumnCount} is {values[at]}; only finite values can be fitted.",
                    nameof(rows));
            }
        }
    }

    /// <summary>The checks of <see cref="CheckFit"/> for a detector that needs labels.</summary>
    /// <returns>The rows that have a label.</returns>
    public static TrainingRows CheckLabelledFit(TrainingRows rows, FitSettings settings, bool acceptsMissing = false)
    {
        CheckFit(rows, settings, acceptsMissing);
        if (!rows.HasBothLabels)
        {
            throw new ArgumentException(
                $"{rows.Count(RowLabel.Normal)} rows are labelled normal and {rows.Count(RowLabel.Anomaly)} anomalous; a detector that learns "
                + "from labels needs at least 1 of each.",
                nameof(rows));
        }

        return rows.Where(RowLabel.Normal, RowLabel.Anomaly);
    }

    /// <summary>Refuses rows of another width than the model's, and a span that is not exactly one score a row.</summary>
    public static void CheckScore(int featureCount, FeatureMatrix rows, ReadOnlySpan<float> scores)
    {
        // An empty default matrix has no width to compare.
        if (rows.ColumnCount != featureCount && (rows.RowCount > 0 || rows.ColumnCount > 0))
            throw new ArgumentException($"Rows have {rows.ColumnCount} columns; the model was fitted on {featureCount}.", nameof(rows));

        if (scores.Length != rows.RowCount)
            throw new ArgumentException($"There is room for {scores.Length} scores; {rows.RowCount} rows need as many.", nameof(scores));
    }
}
