using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class EcodTests
{
    [Fact]
    public void A_score_is_the_largest_of_three_sums_of_tail_logarithms()
    {
        // Rows 0, 1, 2, 9 in the first column, whose long tail is the right one; 0, -1, -2, -9 in the second, long to the left.
        // Row (9, -9): in the first column 4 of 4 rows are at most 9 and 1 at least, shares (1 + 4) / 5 and (1 + 1) / 5; mirrored in the second.
        // The left sum is ln 5/5 + ln 5/2, the right one as well; each column by its skewness gives 2 ln 5/2.
        var model = Fit(Some.Matrix([0, 0], [1, -1], [2, -2], [9, -9]));

        AssertScores([2 * Math.Log(5 / 2.0)], model, Some.Matrix([9, -9]));

        // Row (0, 0): left ln 5/2 + 0, right 0 + ln 5/2, by skewness 0.
        AssertScores([Math.Log(5 / 2.0)], model, Some.Matrix([0, 0]));
    }

    [Fact]
    public void Equal_rows_count_on_both_sides()
    {
        // 3 of 4 rows are at most 1, share (1 + 3) / 5; 3 are at least 1. The column is symmetric, so the right tail is its own.
        AssertScores([Math.Log(5 / 4.0)], Fit(Some.Matrix([0], [1], [1], [2])), Some.Matrix([1]));
    }

    [Fact]
    public void Beyond_the_fitted_rows_a_tail_is_one_in_n_plus_one()
    {
        var model = Fit(Some.Matrix([0], [1], [1], [2]));

        AssertScores(
            [Math.Log(5), Math.Log(5), Math.Log(5), Math.Log(5), 0],
            model,
            Some.Matrix([3], [-1], [float.PositiveInfinity], [float.NegativeInfinity], [float.NaN]));
    }

    [Fact]
    public void Between_two_fitted_values_the_counts_are_those_of_the_formula()
    {
        var rows = Some.NormalMatrix(700, 1);
        var model = Fit(rows);
        var values = Some.NormalMatrix(500, 1, seed: 2);
        var isSkewedLeft = rows.Values.Sum(value => Math.Pow(value - rows.Values.Average(), 3)) < 0;
        double[] expected =
        [
            .. values.Values.Select(value =>
            {
                double left = 1 + rows.Values.Count(row => row <= value), right = 1 + rows.Values.Count(row => row >= value);
                return Math.Log(701 / Math.Min(left, right));
            }),
        ];

        AssertScores(expected, model, values);
    }

    [Fact]
    public void Thinning_keeps_the_tails_and_makes_nothing_look_more_common()
    {
        var rows = Some.NormalMatrix(5000, 1);
        var values = Some.NormalMatrix(2000, 1, seed: 2);
        var exact = Scores(Fit(rows, 65536), values);

        var thinned = Scores(Fit(rows, 64), values);

        for (var row = 0; row < exact.Length; row++)
        {
            // 16 values are kept at each end, and the other 4,968 are thinned to 32: at most 156 rows between two.
            Assert.InRange(thinned[row], exact[row] - 1e-6f, float.MaxValue);
            if (exact[row] > Math.Log(5001 / 15.0))
                Assert.Equal(exact[row], thinned[row], 1e-6);

            Assert.InRange(Math.Exp(-exact[row]) - Math.Exp(-thinned[row]), -1e-6, 157 / 5001.0);
        }
    }

    [Fact, Trait("Data", "Shared")]
    public void It_reaches_the_line_of_other_methods_that_look_at_one_column_at_a_time_on_nsl_kdd()
    {
        var set = IntrusionSet.NslKdd();
        var test = set.Tests["KDDTest+"];

        Assert.InRange(Ranking.RocAuc(Scores(Fit(set.Fit.With(RowLabel.Normal)), test.Rows), test.Labels), 0.9469 - 0.01, 1);
    }

    private static IDetectorModel Fit(FeatureMatrix rows, int maxQuantiles = 1024) =>
        new Ecod(new EcodOptions { MaxQuantiles = maxQuantiles }).Fit(rows, new FitSettings(1), default);

    private static void AssertScores(double[] expected, IDetectorModel model, FeatureMatrix rows) =>
        Assert.Equal(expected, Array.ConvertAll(Scores(model, rows), score => (double)score), (a, b) => Math.Abs(a - b) < 1e-5);

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}
