using AnomalyApi.Detection;
using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Testing;

/// <summary>A labelled set of rows.</summary>
/// <param name="Rows">Shape [n, d].</param>
/// <param name="Labels">n labels, normal or anomalous.</param>
/// <param name="Names">n names of attacks.</param>
public sealed record LabelledPart(FeatureMatrix Rows, RowLabel[] Labels, string[] Names)
{
    /// <summary>Rows and labels to fit on.</summary>
    public TrainingRows Labelled => new(Rows, Labels);

    /// <summary>The rows with that label.</summary>
    public FeatureMatrix With(RowLabel label) => Rows.Pick([.. Enumerable.Range(0, Labels.Length).Where(row => Labels[row] == label)]);

    /// <summary>The rows of those numbers, in that order.</summary>
    public LabelledPart Pick(int[] rows) =>
        new(Rows.Pick(rows), Array.ConvertAll(rows, row => Labels[row]), Array.ConvertAll(rows, row => Names[row]));

    /// <summary>The same rows as a detector sees them.</summary>
    public LabelledPart Prepared(Preparation preparation) => this with { Rows = preparation.Apply(Rows) };
}
