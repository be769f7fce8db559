using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class KMeansTests
{
    // Wherever two centres begin, they end at 0 and 100; the sums of squares are 1 + 1 and 16 + 16.
    private static readonly FeatureMatrix TwoGroups = Some.Matrix([-1], [1], [96], [104]);

    [Fact]
    public void Scores_are_distances_to_the_nearest_centre()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var model = Fit(TwoGroups, new KMeansOptions { Clusters = 2 }, seed);

            Assert.Equal([0, 100], new[] { model.Centre(0)[0], model.Centre(1)[0] }.Order());
            Assert.Equal([0, 1, 30, 40, 6], Scores(model, Some.Matrix([0], [1], [30], [60], [106])));
        }
    }

    [Fact]
    public void Relative_scores_are_distances_over_the_spread_of_the_cluster()
    {
        var model = Fit(TwoGroups, new KMeansOptions { Clusters = 2, Score = KMeansScore.Relative });

        // Usual is (2 + 32) / 4 = 8.5, so spreads are the roots of (2 + 8.5) / 3 = 3.5 and (32 + 8.5) / 3 = 13.5.
        var scores = Scores(model, Some.Matrix([2], [106]));
        Assert.Equal(2 / Math.Sqrt(3.5), scores[0], 1e-6);
        Assert.Equal(6 / Math.Sqrt(13.5), scores[1], 1e-6);
    }

    [Theory]
    [InlineData(KMeansScore.Distance)]
    [InlineData(KMeansScore.Relative)]
    public void There_are_no_more_centres_than_different_rows(KMeansScore score)
    {
        var model = Fit(Some.Matrix([1, 2], [1, 2], [1, 2], [5, 5], [5, 5]), new KMeansOptions { Clusters = 10, Score = score });

        Assert.Equal(2, model.ClusterCount);
        Assert.Equal([0, 0, 5], Scores(model, Some.Matrix([1, 2], [5, 5], [8, 9])));
    }

    [Theory]
    [InlineData(0.2, 0)] // Ten rows in two clusters: an even part is 5, a fifth of it is 1.
    [InlineData(0.3, 96)] // From the middle of 0 to 8.
    public void Clusters_of_few_rows_do_not_count(double leastSize, float expected)
    {
        var rows = Some.Matrix([0], [1], [2], [3], [4], [5], [6], [7], [8], [100]);

        Assert.Equal(expected, Scores(Fit(rows, new KMeansOptions { Clusters = 2, LeastSize = leastSize }), Some.Matrix([100]))[0]);
    }

    [Fact]
    public void A_cluster_is_left_however_even_they_are() =>
        Assert.Equal(2, Fit(TwoGroups, new KMeansOptions { Clusters = 2, LeastSize = 1 }).ClusterCount);

    [Fact]
    public void A_centre_without_rows_goes_to_the_row_furthest_from_its_own()
    {
        // All rows are nearest to 1. The second centre takes 50; the third then 0, the first of two that are 1 away.
        var clusters = new KMeansClusters(Some.Matrix([0], [2], [50]), Some.Matrix([1], [900], [901]), Stripes(3));

        Assert.Equal(1 + 1 + 49 * 49, clusters.Inertia);
        Assert.Equal(1, clusters.Move());
        Assert.Equal(0, clusters.Inertia);
        Assert.Equal([2, 50, 0], clusters.Clusters.Select(cluster => cluster.Centre[0]));
    }

    [Fact]
    public void A_centre_without_rows_is_left_out_when_no_row_is_left_for_it()
    {
        var clusters = new KMeansClusters(Some.Matrix([3], [3]), Some.Matrix([3], [900]), Stripes(2));

        Assert.Equal(0, clusters.Move());
        Assert.Equal((3, 2), (clusters.Clusters.Single().Centre[0], clusters.Clusters.Single().RowCount));
    }

    [Fact]
    public void The_search_ends_with_every_centre_in_the_middle_of_its_rows()
    {
        var rows = Some.NormalMatrix(5000, 3);
        var model = Fit(rows, new KMeansOptions { Clusters = 20, Tolerance = 0, MaxIterations = 10_000, LeastSize = 0 });
        var centres = Enumerable.Range(0, 20).Select(model.Centre).ToArray();
        var members = Enumerable.Range(0, rows.RowCount).ToLookup(
            row => Enumerable.Range(0, 20).MinBy(cluster => SquaredDistances.Between(rows.Row(row), centres[cluster])));

        for (var cluster = 0; cluster < 20; cluster++)
        {
            for (var column = 0; column < 3; column++)
                Assert.Equal(members[cluster].Average(row => rows.Row(row)[column]), centres[cluster][column], 1e-3);
        }
    }

    [Fact]
    public void Each_of_groups_far_apart_gets_a_first_centre()
    {
        var rows = Some.NormalMatrix(3000, 2);
        for (var row = 0; row < 3000; row++)
            rows.Row(row)[1] += row % 3 * 1000;

        for (ulong seed = 1; seed <= 20; seed++)
        {
            var random = new SeededRandom(seed);
            var chosen = new KMeansStart(rows, Stripes(3000)).Choose(3, ref random, _ => { });

            Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(i => Math.Round(chosen.Row(i)[1] / 1000)).Order());
        }
    }

    [Fact]
    public void No_row_is_a_first_centre_twice()
    {
        var rows = Some.Matrix([0], [0], [0], [0], [1], [0], [2], [0], [1]);
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var random = new SeededRandom(seed);
            var chosen = new KMeansStart(rows, Stripes(9)).Choose(9, ref random, _ => { });

            Assert.Equal([0, 1, 2], chosen.Values.Order());
        }
    }

    [Fact]
    public void More_starts_never_end_worse()
    {
        var rows = Some.NormalMatrix(1000, 2);
        double Squares(KMeansModel model) => Scores(model, rows).Sum(score => (double)score * score);

        for (ulong seed = 1; seed <= 5; seed++)
        {
            var one = Squares(Fit(rows, new KMeansOptions { Clusters = 10, Starts = 1, LeastSize = 0 }, seed));
            var ten = Squares(Fit(rows, new KMeansOptions { Clusters = 10, Starts = 10, LeastSize = 0 }, seed));
            Assert.InRange(ten, 0, one * (1 + 1e-6));
        }
    }

    [Fact]
    public void Stripes_of_rows_give_the_same_bits_for_any_number_of_threads()
    {
        // More stripes than threads, the last one not full.
        var rows = Some.NormalMatrix(4 * RowStripes.Length + 100, 4);
        byte[] Written(int threads)
        {
            var writer = new ModelSectionWriter();
            new KMeans(new KMeansOptions()).Fit(rows, new FitSettings(3, threads), default).Write(writer);
            return writer.ToArray();
        }

        var one = Written(1);
        Assert.All([2, 3, 8], threads => Assert.Equal(one, Written(threads)));
    }

    [Fact]
    public void Values_that_are_not_finite_are_far_from_every_centre()
    {
        var model = Fit(Some.NormalMatrix(100, 2), new KMeansOptions());

        var scores = Scores(model, Some.Matrix([float.NaN, 0], [float.PositiveInfinity, 0], [float.NegativeInfinity, 0], [float.MaxValue, 0]));

        Assert.All(scores, score => Assert.InRange(score, 1e18, 1e19));
    }

    [Fact]
    public void A_relative_score_beyond_the_largest_float_is_that()
    {
        // Spreads of about 1e-21 over distances of 1e18.
        var model = Fit(Some.Matrix([0], [1e-21f], [1], [1]), new KMeansOptions { Clusters = 2, Score = KMeansScore.Relative });

        Assert.Equal([float.MaxValue], Scores(model, Some.Matrix([float.MaxValue])));
    }

    [Theory, Trait("Data", "Shared")]
    [InlineData("6_cardio", 0.9338)]
    [InlineData("12_fault", 0.7438)]
    [InlineData("20_letter", 0.7976)]
    [InlineData("38_thyroid", 0.9800)]
    public void Distances_reach_the_reference_of_the_one_class_protocol(string set, double expected)
    {
        // All clusters count, because all rows that are fitted are normal.
        var data = AdBench.Load(set);
        var area = Enumerable.Range(1, 5).Average(
            seed => Area(data.OneClass(seed), new KMeansOptions { Clusters = 8, LeastSize = 0 }, (ulong)seed));

        Assert.InRange(area, expected - 0.015, 1);
    }

    [Theory, Trait("Data", "Shared")]
    [InlineData("6_cardio", 0.7949)]
    [InlineData("12_fault", 0.6896)]
    [InlineData("25_musk", 0.9127)]
    [InlineData("31_satimage-2", 0.8713)]
    [InlineData("38_thyroid", 0.9353)]
    public void Clusters_of_attacks_do_not_keep_it_from_the_reference_of_the_split_protocol(string set, double expected)
    {
        var data = AdBench.Load(set);
        var area = Enumerable.Range(1, 5).Average(
            seed => Area(data.Split(seed), new KMeansOptions { Clusters = 8, LeastSize = 0.4 }, (ulong)seed));

        Assert.InRange(area, expected - 0.015, 1);
    }

    [Fact, Trait("Data", "Shared")]
    public void Distances_reach_their_lines_on_nsl_kdd()
    {
        var set = IntrusionSet.NslKdd();
        var normal = set.Fit.With(RowLabel.Normal);
        double On(string test, int clusters) => Area(
            (normal, set.Tests[test].Rows, set.Tests[test].Labels), new KMeansOptions { Clusters = clusters, Starts = 1 }, seed: 1);

        Assert.InRange(On("KDDTest+", 10), 0.9538 - 0.01, 1);
        Assert.InRange(On("KDDTest+", 50), 0.9621 - 0.01, 1);
        Assert.InRange(On("KDDTest-21", 50), 0.8349 - 0.01, 1);
    }

    private static double Area((FeatureMatrix Fit, FeatureMatrix Test, RowLabel[] Labels) data, KMeansOptions options, ulong seed) =>
        Ranking.RocAuc(Scores(Fit(data.Fit, options, seed), data.Test), data.Labels);

    private static RowStripes Stripes(int rowCount) => new(rowCount, 2, default);

    private static KMeansModel Fit(FeatureMatrix rows, KMeansOptions options, ulong seed = 1) =>
        (KMeansModel)new KMeans(options).Fit(rows, new FitSettings(seed), default);

    private static float[] Scores(KMeansModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }
}
