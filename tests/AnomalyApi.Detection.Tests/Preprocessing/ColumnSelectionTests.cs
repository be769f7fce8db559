using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Testing;
using Xunit;
using static AnomalyApi.Detection.Tests.Preprocessing.Preparations;

namespace AnomalyApi.Detection.Tests.Preprocessing;

/// <summary>Which columns are kept, and what they are projected on.</summary>
public sealed class ColumnSelectionTests
{
    [Fact]
    public void Columns_of_the_largest_variance_within_their_range_are_kept()
    {
        // Brought to 0 to 1: 0, 0, 0, 1 has variance 3/16; 0, 0, 1, 1 has 1/4; a constant has 0.
        var rows = Some.Matrix([0, 5, 9], [0, 5, 9], [0, 7, 9], [100, 7, 9]);
        Assert.Equal([3 / 16.0, 1 / 4.0, 0], FeatureRanking.Variance(rows));

        var preparation = Fit(rows, Plain with { KeepColumns = 2 });

        Assert.Equal([3, 4], preparation.Apply(Some.Matrix([3, 4, 5])).AsSpan());
        Assert.Equal([0, 1], preparation.Sources!);
    }

    [Fact]
    public void Columns_that_tell_the_label_most_are_kept()
    {
        // The second column is the label: ln 2. The first is independent of it: 0.
        var rows = new TrainingRows(
            Some.Matrix([0, 0], [1, 0], [0, 1], [1, 1]), new[] { RowLabel.Normal, RowLabel.Normal, RowLabel.Anomaly, RowLabel.Anomaly });
        var information = FeatureRanking.MutualInformation(rows);
        Assert.Equal([0, Math.Log(2)], information.Select(value => Math.Round(value, 12) == 0 ? 0 : value));

        var preparation = Preparation.Fit(
            rows, null, Plain with { KeepColumns = 1, Selection = FeatureSelection.MutualInformation }, default);

        Assert.Equal([1], preparation.Sources!);
        Assert.Throws<ArgumentException>(() => Preparation.Fit(
            rows.Features, null, Plain with { KeepColumns = 1, Selection = FeatureSelection.MutualInformation }, default));
    }

    [Fact]
    public void That_a_value_is_missing_may_tell_the_label()
    {
        var rows = new TrainingRows(
            Some.Matrix([0], [0], [float.NaN], [float.NaN]), new[] { RowLabel.Normal, RowLabel.Normal, RowLabel.Anomaly, RowLabel.Anomaly });

        Assert.Equal(Math.Log(2), FeatureRanking.MutualInformation(rows)[0], 1e-12);
    }

    [Fact]
    public void Shuffling_a_column_costs_what_the_model_has_from_it()
    {
        // The score is the first column, which is the label; the second is not looked at.
        var rows = Some.NormalMatrix(400, 2);
        var labels = new RowLabel[400];
        for (var row = 0; row < 400; row++)
            labels[row] = rows.Row(row)[0] > 1 ? RowLabel.Anomaly : RowLabel.Normal;

        var importance = FeatureRanking.PermutationImportance(new FirstColumn(), new TrainingRows(rows, labels), seed: 1, repeats: 20);

        // From an area of 1 to one of 1/2.
        Assert.Equal(0.5, importance[0], 0.05);
        Assert.Equal(0, importance[1]);
        Assert.Equal(importance, FeatureRanking.PermutationImportance(new FirstColumn(), new TrainingRows(rows, labels), seed: 1, repeats: 20));
    }

    [Fact]
    public void Columns_the_detector_needs_most_are_kept()
    {
        var rows = Some.NormalMatrix(300, 3);
        var labels = new RowLabel[300];
        for (var row = 0; row < 300; row++)
        {
            labels[row] = row % 5 == 0 ? RowLabel.Anomaly : RowLabel.Normal;
            rows.Row(row)[0] += row % 5 == 0 ? 3 : 0;
        }

        var options = Plain with { KeepColumns = 1, Selection = FeatureSelection.PermutationImportance };
        var model = new PreparedDetector(new FirstColumnDetector(), options).Fit(new TrainingRows(rows, labels), new FitSettings(1), default);

        Assert.Equal([0], ((PreparedModel)model).Preparation.Sources!);
        Assert.Throws<ArgumentException>(() => Preparation.Fit(new TrainingRows(rows, labels), null, options, default));
    }

    [Fact]
    public void A_projection_gives_the_components_of_the_largest_variance()
    {
        // All on the diagonal: the first component is (1, 1) / sqrt 2 around the mean (2, 2).
        var preparation = Fit(Some.Matrix([0, 0], [2, 2], [4, 4]), Plain with { Components = 1 });

        var projected = preparation.Apply(Some.Matrix([0, 0], [2, 2], [4, 4], [3, 1]));

        Assert.Equal(1, preparation.OutputCount);
        Assert.Null(preparation.Sources);
        Assert.Equal([-2.828427f, 0, 2.828427f, 0], projected.AsSpan().ToArray().Select(value => MathF.Round(value, 5) + 0f), new Near(1e-5f));
    }

    [Fact]
    public void A_projection_of_missing_values_is_refused() =>
        Assert.Throws<ArgumentException>(() => Fit(Some.Matrix([1, 2]), PreparationOptions.None with { Components = 1 }));

    private sealed class Near(float tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(float value) => 0;
    }

    private sealed class FirstColumnDetector : IDetector
    {
        public string Name => "first-column";

        public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken) => new FirstColumn(rows.ColumnCount);
    }

    private sealed class FirstColumn(int columns = 2) : IDetectorModel
    {
        public int FeatureCount => columns;

        public void Score(FeatureMatrix rows, Span<float> scores)
        {
            for (var row = 0; row < scores.Length; row++)
                scores[row] = rows.Row(row)[0];
        }

        public void Write(ModelSectionWriter writer) => throw new NotSupportedException();
    }
}
