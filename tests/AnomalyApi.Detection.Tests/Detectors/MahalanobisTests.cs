using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class MahalanobisTests
{
    // Mean 0; variances (4 + 4) / 4 = 2 and (1 + 1) / 4 = 0.5, covariance 0.
    private static readonly FeatureMatrix Cross = Some.Matrix([2, 0], [-2, 0], [0, 1], [0, -1]);

    [Fact]
    public void Distances_are_counted_in_standard_deviations() =>
        AssertScores([0, 4 / 2.0, 1 / 0.5, 4 / 2.0 + 1 / 0.5], Fit(Cross, Plain), Some.Matrix([0, 0], [2, 0], [0, 1], [2, 1]));

    [Fact]
    public void Columns_that_vary_together_make_the_odd_combination_far()
    {
        // The same cross turned by 45 degrees.
        var r = MathF.Sqrt(2);
        var model = Fit(Some.Matrix([r, r], [-r, -r], [-r / 2, r / 2], [r / 2, -r / 2]), Plain);

        AssertScores([2, 2, 4 / 0.5], model, Some.Matrix([r, r], [-r / 2, r / 2], [-r, r]));
    }

    [Fact]
    public void The_covariance_is_shrunk_as_ledoit_and_wolf_say()
    {
        // Mean variance 1.25; squared distance of S from it 4.25 - 2 x 1.25^2 = 1.125; mean of |x x' - S|^2 is 34 / 4 - 4.25 = 4.25, over 4 rows
        // 1.0625. So the share is 1.0625 / 1.125 = 17 / 18, and the variances are (2 + 17 x 1.25) / 18 and (0.5 + 17 x 1.25) / 18.
        var model = Fit(Cross, new MahalanobisOptions { TrimmedShare = 0 });

        AssertScores([4 * 18 / 23.25, 18 / 21.75], model, Some.Matrix([2, 0], [0, 1]));
    }

    [Fact]
    public void The_covariance_is_shrunk_as_oracle_approximation_says()
    {
        // 6.25 / ((4 + 1 - 1) x 1.125) is above 1, so nothing is left but the mean variance 1.25.
        var model = Fit(Cross, new MahalanobisOptions { TrimmedShare = 0, Shrinkage = CovarianceShrinkage.Oas });

        AssertScores([4 / 1.25, 1 / 1.25], model, Some.Matrix([2, 0], [0, 1]));
    }

    [Fact]
    public void Trimming_keeps_attacks_among_the_fitted_rows_from_hiding_themselves()
    {
        var rows = Some.NormalMatrix(1000, 3);
        for (var row = 0; row < 80; row++)
            rows.Row(row).Fill(30);

        var attack = Some.Matrix([30, 30, 30]);
        var robust = Scores(Fit(rows, new MahalanobisOptions { TrimmedShare = 0.1 }), attack)[0];
        var all = Scores(Fit(rows, new MahalanobisOptions { TrimmedShare = 0 }), attack)[0];

        // About 3 x 30^2 against (1 - 0.08) / 0.08, the most that 8 % of the rows can reach.
        Assert.InRange(robust, 2000, 4000);
        Assert.InRange(all, 5, 15);
    }

    [Fact]
    public void Collinear_and_constant_columns_leave_ordinary_rows_ordinary()
    {
        var rows = Some.NormalMatrix(500, 6);
        for (var row = 0; row < rows.RowCount; row++)
        {
            rows.Row(row)[4] = 1;
            rows.Row(row)[5] = 2 * rows.Row(row)[0] - rows.Row(row)[1];
        }

        Assert.InRange(Scores(Fit(rows, new MahalanobisOptions()), rows).Average(), 3, 6);
    }

    [Fact, Trait("Data", "Shared")]
    public void The_robust_default_reaches_its_line_on_nsl_kdd()
    {
        var set = IntrusionSet.NslKdd();
        var model = Fit(set.Fit.With(RowLabel.Normal), new MahalanobisOptions());

        Assert.InRange(Ranking.RocAuc(Scores(model, set.Tests["KDDTest+"].Rows), set.Tests["KDDTest+"].Labels), 0.9689 - 0.01, 1);
        Assert.InRange(Ranking.RocAuc(Scores(model, set.Tests["KDDTest-21"].Rows), set.Tests["KDDTest-21"].Labels), 0.8609 - 0.01, 1);
    }

    private static MahalanobisOptions Plain => new() { TrimmedShare = 0, Shrinkage = CovarianceShrinkage.None };

    private static IDetectorModel Fit(FeatureMatrix rows, MahalanobisOptions options) => new Mahalanobis(options).Fit(rows, new FitSettings(1), default);

    private static void AssertScores(double[] expected, IDetectorModel model, FeatureMatrix rows) =>
        Assert.Equal(expected, Array.ConvertAll(Scores(model, rows), score => (double)score), (a, b) => Math.Abs(a - b) < 1e-4);

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}
