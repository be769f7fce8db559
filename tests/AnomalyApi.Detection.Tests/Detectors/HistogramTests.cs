using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Files;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class HistogramTests
{
    // Two bins over 0 to 10: three rows in the first, one in the second.
    private static readonly FeatureMatrix Four = Some.Matrix([0], [1], [2], [10]);

    [Fact]
    public void A_score_is_the_logarithm_of_one_over_the_height_of_the_bin()
    {
        // With 1 row of smoothing the heights are 4, 2 and, outside, 1; the highest counts as 1.
        var model = Fit(Four, new HistogramOptions { Bins = 2, Smoothing = 1 });

        AssertScores([0, 0, Math.Log(2), Math.Log(2), Math.Log(4), Math.Log(4)], model, Some.Matrix([0], [4.9f], [5], [10], [10.1f], [-0.1f]));
    }

    [Fact]
    public void Columns_add_up()
    {
        var model = Fit(Some.Matrix([0, 5], [1, 5], [2, 5], [10, 5]), new HistogramOptions { Bins = 2, Smoothing = 1 });

        // The second column is constant: height 4 + 1 for its value, 1 for any other.
        AssertScores([Math.Log(2), Math.Log(2) + Math.Log(5)], model, Some.Matrix([10, 5], [10, 6]));
    }

    [Fact]
    public void Dynamic_bins_hold_equal_numbers_of_rows()
    {
        // Two rows a bin: 0 and 1 reach to 2, 2 and 10 to 10. Heights (2 + 1) / 2 and (2 + 1) / 8, outside 1 / 8.
        var model = Fit(Four, new HistogramOptions { Bins = 2, Smoothing = 1, Layout = HistogramBins.Dynamic });

        AssertScores([0, 0, Math.Log(4), Math.Log(4), Math.Log(12)], model, Some.Matrix([0], [1.99f], [2], [10], [11]));
    }

    [Fact]
    public void Equal_values_share_a_dynamic_bin()
    {
        // 1, 1, 1 is more than an even share and stays together: widths 3 - 1 and 5 - 3, heights 4 / 2 and 3 / 2, outside 1 / 2.
        var model = Fit(Some.Matrix([1], [1], [1], [3], [5]), new HistogramOptions { Bins = 2, Smoothing = 1, Layout = HistogramBins.Dynamic });

        AssertScores([0, 0, Math.Log(4 / 3.0), Math.Log(4)], model, Some.Matrix([1], [2], [4], [0]));
    }

    [Theory]
    [InlineData(HistogramBins.Static)]
    [InlineData(HistogramBins.Dynamic)]
    public void Not_a_number_adds_nothing_and_infinity_is_outside(HistogramBins layout)
    {
        var model = Fit(Four, new HistogramOptions { Bins = 2, Smoothing = 1, Layout = layout });
        var scores = Scores(model, Some.Matrix([float.NaN], [float.PositiveInfinity], [float.NegativeInfinity], [11]));

        Assert.Equal([0, scores[3], scores[3], scores[3]], scores);
    }

    [Theory]
    [InlineData(3, 2, false)]
    [InlineData(2, 2, false)]
    [InlineData(2, 3, true)]
    public void Ends_of_bins_in_a_file_must_ascend(float first, float second, bool isAllowed)
    {
        var writer = new ModelSectionWriter();
        writer.WriteInt32(3);
        foreach (var value in new[] { 1f, 4, 0 })
            writer.WriteArray<float>([value]);

        writer.WriteArray<float>([first, second]);
        writer.WriteArray<float>([0, 1, 2, 3]);

        var fault = Record.Exception(() => HistogramModel.Read(new ModelSectionReader("detector", writer.ToArray())));

        Assert.Equal(isAllowed, fault is null);
        Assert.True(isAllowed || fault is ModelFileException);
    }

    [Fact]
    public void More_bins_than_different_values_are_no_harm()
    {
        foreach (var layout in Enum.GetValues<HistogramBins>())
        {
            var scores = Scores(Fit(Four, new HistogramOptions { Bins = 1000, Layout = layout }), Four);
            Assert.All(scores, score => Assert.InRange(score, 0, 10));
        }
    }

    [Fact, Trait("Data", "Shared")]
    public void Static_bins_reach_their_line_on_nsl_kdd()
    {
        var set = IntrusionSet.NslKdd();
        var test = set.Tests["KDDTest+"];

        Assert.InRange(Ranking.RocAuc(Scores(Fit(set.Fit.With(RowLabel.Normal), new HistogramOptions()), test.Rows), test.Labels), 0.9469 - 0.01, 1);
    }

    private static IDetectorModel Fit(FeatureMatrix rows, HistogramOptions options) => new Histogram(options).Fit(rows, new FitSettings(1), default);

    private static void AssertScores(double[] expected, IDetectorModel model, FeatureMatrix rows) =>
        Assert.Equal(expected, Array.ConvertAll(Scores(model, rows), score => (double)score), (a, b) => Math.Abs(a - b) < 1e-6);

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}
