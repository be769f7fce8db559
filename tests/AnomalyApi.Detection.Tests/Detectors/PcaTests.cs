using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class PcaTests
{
    // Mean 0; the first column has variance (4 + 4) / 4 = 2, the second (1 + 1) / 4 = 0.5, the covariance is 0.
    private static readonly FeatureMatrix Cross = Some.Matrix([2, 0], [-2, 0], [0, 1], [0, -1]);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Reconstruction_leaves_out_one_component_at_least_and_can_be_read_back(int columns)
    {
        var model = (PcaModel)new Pca(new PcaOptions { Score = PcaScore.Reconstruction, Components = 10_000 })
            .Fit(Some.NormalMatrix(300, columns), new FitSettings(1), default);
        var writer = new ModelSectionWriter();
        model.Write(writer);
        var read = PcaModel.Read(new ModelSectionReader("detector", writer.ToArray()));

        var rows = Some.NormalMatrix(50, columns, seed: 2);
        var scores = new float[50];
        read.Score(rows, scores);
        Assert.Equal(Math.Max(1, columns - 1), read.ComponentCount);
        Assert.Equal(columns > 1, scores.Distinct().Count() > 1);
    }

    [Fact]
    public void Whitened_scores_are_squared_component_scores_over_variances() =>
        AssertScores([0, 4 / 2.0, 1 / 0.5, 4 / 2.0 + 1 / 0.5], Fit(Cross), Some.Matrix([0, 0], [2, 0], [0, 1], [2, 1]));

    [Fact]
    public void Only_the_components_asked_for_are_whitened() =>
        AssertScores([0, 2, 0, 2], Fit(Cross, new PcaOptions { Components = 1 }), Some.Matrix([0, 0], [2, 0], [0, 1], [2, 1]));

    [Fact]
    public void Reconstruction_is_the_squared_distance_to_the_kept_components() =>
        AssertScores(
            [0, 0, 1, 9],
            Fit(Cross, new PcaOptions { Score = PcaScore.Reconstruction, Components = 1 }),
            Some.Matrix([0, 0], [2, 0], [0, 1], [2, 3]));

    [Fact]
    public void Components_follow_directions_that_are_no_columns()
    {
        // The same cross turned by 45 degrees: (2, 0) becomes (r, r) with r = 2 / sqrt 2.
        var r = MathF.Sqrt(2);
        var model = Fit(Some.Matrix([r, r], [-r, -r], [-r / 2, r / 2], [r / 2, -r / 2]));

        AssertScores([2, 2, 4 / 0.5], model, Some.Matrix([r, r], [-r / 2, r / 2], [-r, r]));
    }

    [Theory]
    [InlineData(0.8, 1)] // The first component holds 2 of 2.5.
    [InlineData(0.81, 2)]
    [InlineData(1, 2)]
    public void Enough_components_are_kept_to_explain_the_variance(double share, int components) =>
        Assert.Equal(components, ((PcaModel)Fit(Cross, new PcaOptions { ExplainedVariance = share })).ComponentCount);

    [Fact]
    public void A_direction_without_variance_counts_as_having_the_floor()
    {
        // Variances 1 and 0; the floor is 1 x 0.01, so a step of 0.5 along the second column gives 0.25 / 0.01.
        var model = Fit(Some.Matrix([1, 5], [-1, 5]), new PcaOptions { VarianceFloor = 0.01 });

        AssertScores([0, 1, 25, 26], model, Some.Matrix([0, 5], [1, 5], [0, 5.5f], [1, 5.5f]));
    }

    [Fact]
    public void Collinear_columns_give_scores_as_steady_as_their_rounding()
    {
        var rows = Some.NormalMatrix(500, 6);
        for (var row = 0; row < rows.RowCount; row++)
            rows.Row(row)[5] = 2 * rows.Row(row)[0] - rows.Row(row)[1];

        // Rows of the same kind average as many as there are directions, 5; the floor keeps rounding of the sixth below 1 %.
        Assert.Equal(5, Scores(Fit(rows), rows).Average(), 0.05);
    }

    [Theory, Trait("Data", "Shared")]
    [InlineData("6_cardio", 0.9456)]
    [InlineData("20_letter", 0.8416)]
    [InlineData("38_thyroid", 0.9774)]
    [InlineData("30_satellite", 0.8019)]
    public void Whitened_scores_reach_the_reference_of_the_one_class_protocol(string set, double expected)
    {
        var data = AdBench.Load(set);
        var areas = Enumerable.Range(1, 5).Select(seed =>
        {
            var (fit, test, labels) = data.OneClass(seed);
            return Ranking.RocAuc(Scores(Fit(fit), test), labels);
        });

        Assert.InRange(areas.Average(), expected - 0.015, 1);
    }

    [Fact, Trait("Data", "Shared")]
    public void Both_scores_reach_their_lines_on_nsl_kdd()
    {
        var set = IntrusionSet.NslKdd();
        var test = set.Tests["KDDTest+"];

        Assert.InRange(Ranking.RocAuc(Scores(Fit(set.Fit.With(RowLabel.Normal)), test.Rows), test.Labels), 0.9689 - 0.01, 1);
        var reconstruction = Fit(set.Fit.With(RowLabel.Normal), new PcaOptions { Score = PcaScore.Reconstruction, Components = 10 });
        Assert.InRange(Ranking.RocAuc(Scores(reconstruction, test.Rows), test.Labels), 0.9517 - 0.01, 1);
    }

    private static IDetectorModel Fit(FeatureMatrix rows, PcaOptions? options = null) =>
        new Pca(options ?? new PcaOptions()).Fit(rows, new FitSettings(1), default);

    private static void AssertScores(double[] expected, IDetectorModel model, FeatureMatrix rows) =>
        Assert.Equal(expected, Array.ConvertAll(Scores(model, rows), score => (double)score), (a, b) => Math.Abs(a - b) < 1e-4);

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}
