using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Files;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

/// <summary>Oblique cuts, and the contracts of a detector with them: the catalog is tested with default options alone.</summary>
public sealed class ExtendedIsolationForestTests
{
    /// <summary>Extension level and columns: few weights of many columns, and more than there are columns.</summary>
    public static TheoryData<int, int> Shapes { get; } = new() { { 1, 12 }, { 10_000, 5 } };

    [Fact]
    public void A_row_goes_by_its_weighted_sum_in_units_of_each_column()
    {
        // One tree of two rows, c(2) = 1. Units: x0 - 10, (x1 - 1) / 2. Left, with length 1, when 3 (x0 - 10) - (x1 - 1) / 2 < 1; else length 3.
        var trees = new ObliqueTrees(2, 2, 2, [], [0, 0, 3, -1], [0, 1], [1, 3]);
        var model = new ExtendedIsolationForestModel(new ColumnUnits([10, 1], [1, 0.5f]), trees);

        var scores = Scores(model, Some.Matrix([10, 0], [11, 0], [11, 6], [float.NaN, 0], [0, float.NegativeInfinity], [11, float.NaN]));

        Assert.Equal([0.5f, 0.125f, 0.5f, 0.125f, 0.125f, 0.5f], scores);
    }

    [Fact]
    public void Weights_of_some_columns_and_of_all_are_the_same_cut()
    {
        // x1 - 2 x3 of five columns, once with the zeros between.
        var sparse = new ObliqueTrees(2, 5, 2, [0, 0, 1, 3], [0, 0, 1, -2], [0, 0.5f], [1, 2]);
        var dense = new ObliqueTrees(2, 5, 2, [], [0, 0, 0, 0, 0, 0, 1, 0, -2, 0], [0, 0.5f], [1, 2]);
        var rows = Some.NormalMatrix(200, 5);
        for (var row = 0; row < 200; row++)
            Assert.Equal(rows.Row(row)[1] - 2 * rows.Row(row)[3] < 0.5f ? 2 : 3, sparse.Child(0, 1, rows.Row(row)));

        float[] first = new float[200], second = new float[200];
        sparse.AddPathLengths(rows.AsSpan(), first);
        dense.AddPathLengths(rows.AsSpan(), second);
        Assert.Equal(first, second);
    }

    [Fact]
    public void Empty_corners_between_two_clusters_stand_out()
    {
        // Clusters at (0, 10) and (10, 0). Cuts along the axes also leave low scores at (0, 0) and (10, 10), where there is nothing.
        var fitted = Clusters(1000, 10, 0, seed: 1);
        var rows = Clusters(250, 10, 0, seed: 2);
        var ghosts = Clusters(250, 0, 10, seed: 3);
        var labels = Enumerable.Repeat(RowLabel.Normal, 250).Concat(Enumerable.Repeat(RowLabel.Anomaly, 250)).ToArray();
        for (var seed = 1UL; seed <= 3; seed++)
        {
            var plain = Ranking.RocAuc([.. Scores(Fit(fitted, 0, seed), rows), .. Scores(Fit(fitted, 0, seed), ghosts)], labels);
            var extended = Ranking.RocAuc([.. Scores(Fit(fitted, 1, seed), rows), .. Scores(Fit(fitted, 1, seed), ghosts)], labels);

            // How often a ghost scores below a normal row.
            Assert.True(1 - extended < (1 - plain) / 3, $"Extended {extended}, plain {plain}.");
        }
    }

    [Fact]
    public void Units_do_not_matter()
    {
        FeatureMatrix rows = Some.NormalMatrix(400, 4), same = Some.NormalMatrix(400, 4);
        for (var row = 0; row < 400; row++)
            same.Row(row)[2] *= 4096;

        Assert.Equal(Scores(Fit(rows, 3), rows), Scores(Fit(same, 3), same));
    }

    [Fact]
    public void A_constant_column_has_no_influence()
    {
        var rows = Some.NormalMatrix(300, 3);
        for (var row = 0; row < 300; row++)
            rows.Row(row)[1] = 7;

        var scores = Scores(Fit(rows, 2), Some.Matrix([1, 7, 2], [1, 1000, 2]));

        Assert.Equal(scores[0], scores[1]);
    }

    [Fact]
    public void Score_rises_as_a_row_moves_away_from_the_training_data()
    {
        var scores = Scores(Fit(Some.NormalMatrix(2000, 4), 3), Some.Matrix([0, 0, 0, 0], [1.5f, 1.5f, 1.5f, 1.5f], [2.5f, 2.5f, 2.5f, 2.5f], [5, 5, 5, 5]));

        Assert.Equal(scores.Order(), scores);
        Assert.True(scores[0] < 0.5 && scores[3] > 0.6, string.Join(", ", scores));
    }

    [Fact]
    public void A_model_of_one_row_or_of_copies_gives_one_half()
    {
        var rows = Some.Matrix([1, 2], [0, 0], [50, -3]);

        Assert.All(Scores(Fit(Some.Matrix([1, 2]), 1), rows), score => Assert.Equal(0.5f, score, 1e-6f));
        Assert.All(Scores(Fit(Some.Matrix([1, 2], [1, 2], [1, 2]), 1), rows), score => Assert.Equal(0.5f, score, 1e-6f));
    }

    [Fact]
    public void The_level_is_held_within_the_columns()
    {
        var rows = Some.NormalMatrix(300, 5);
        Assert.Equal(Written(Fit(rows, 4)), Written(Fit(rows, 10_000)));
        Assert.Equal(5, ((ExtendedIsolationForestModel)Fit(rows, 10_000)).CutColumns);

        // One column can only be cut in one way.
        var narrow = Some.NormalMatrix(300, 1);
        Assert.Equal(Written(Fit(narrow, 0)), Written(Fit(narrow, 3)));
    }

    [Fact]
    public void Too_many_weights_are_refused()
    {
        var options = new IsolationForestOptions { Trees = 1000, SampleSize = 8192, ExtensionLevel = 8 };

        var error = Assert.Throws<ArgumentException>(() => new IsolationForest(options).Fit(Some.NormalMatrix(8192, 9), new FitSettings(1), default));

        Assert.Contains("must not exceed 67108864", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void The_same_seed_gives_the_same_model_for_any_number_of_threads(int level, int columns)
    {
        var rows = Some.NormalMatrix(300, columns);

        Assert.Equal(Written(Fit(rows, level, threads: 1)), Written(Fit(rows, level, threads: 4)));
        Assert.NotEqual(Written(Fit(rows, level)), Written(Fit(rows, level, seed: 2)));
    }

    [Theory, MemberData(nameof(Shapes))]
    public void A_batch_scores_as_its_rows_do_one_by_one(int level, int columns)
    {
        var model = Fit(Some.NormalMatrix(300, columns), level);
        var rows = Some.NormalMatrix(1333, columns, seed: 2);

        Assert.Equal(Enumerable.Range(0, rows.RowCount).Select(row => Scores(model, rows.Pick([row]))[0]), Scores(model, rows));
    }

    [Theory, MemberData(nameof(Shapes))]
    public void A_model_that_was_written_and_read_gives_identical_scores(int level, int columns)
    {
        var model = Fit(Some.NormalMatrix(300, columns), level);
        var rows = Some.NormalMatrix(200, columns, seed: 2);

        var read = Read(Written(model));

        Assert.Equal(Scores(model, rows), Scores(read, rows));
        Assert.Equal(Written(model), Written(read));
    }

    [Theory, MemberData(nameof(Shapes))]
    public void A_damaged_model_is_refused_or_scores_without_harm(int level, int columns)
    {
        var written = Written(Fit(Some.NormalMatrix(20, columns), level));
        foreach (var length in Enumerable.Range(0, 100).Select(i => (int)((long)written.Length * i / 100)))
            Assert.Throws<ModelFileException>(() => Read(written.AsMemory(0, length)));

        var rows = Some.NormalMatrix(70, columns);
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            // The first bytes hold the counts, where most harm could be done.
            var forged = written.ToArray();
            forged[i < 64 ? i : random.Next(forged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                var model = Read(forged);
                if (model.FeatureCount == columns)
                    Assert.All(Scores(model, rows), AssertFinite);
            }
            catch (ModelFileException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Values_that_are_huge_or_not_finite_never_give_such_a_score(int level, int columns)
    {
        var fitted = Some.NormalMatrix(300, columns);
        fitted.Row(0)[0] = float.MaxValue;
        fitted.Row(1)[0] = float.MinValue;
        for (var row = 0; row < 300; row++)
            fitted.Row(row)[1] *= 1e-42f;

        var rows = Some.NormalMatrix(90, columns, seed: 2);
        for (var row = 0; row < 90; row++)
            rows.Row(row)[row % columns] = (row % 4) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => float.NegativeInfinity, _ => float.MaxValue };

        Assert.All(Scores(Fit(fitted, level), fitted), AssertFinite);
        Assert.All(Scores(Fit(fitted, level), rows), AssertFinite);
        Assert.All(Scores(Fit(Some.NormalMatrix(300, columns), level), rows), AssertFinite);
        Assert.Throws<ArgumentException>(() => Fit(rows, level));
    }

    [Theory, MemberData(nameof(Shapes))]
    public void A_fit_can_be_cancelled_and_reports_progress(int level, int columns)
    {
        var rows = Some.NormalMatrix(300, columns);
        var forest = new IsolationForest(new IsolationForestOptions { ExtensionLevel = level });
        Assert.ThrowsAny<OperationCanceledException>(() => forest.Fit(rows, new FitSettings(1), new CancellationToken(canceled: true)));

        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => forest.Fit(rows, new FitSettings(1, Progress: new Watcher(_ => source.Cancel())), source.Token));

        var reported = new List<double>();
        forest.Fit(rows, new FitSettings(1, Progress: new Watcher(reported.Add)), default);
        Assert.Equal(1, reported.Max());
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Scoring_does_not_allocate(int level, int columns)
    {
        var model = Fit(Some.NormalMatrix(300, columns), level);
        var rows = Some.NormalMatrix(500, columns, seed: 2);
        var scores = new float[500];
        model.Score(rows, scores);

        var before = GC.GetAllocatedBytesForCurrentThread();
        model.Score(rows, scores);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Wrong_shapes_are_refused(int level, int columns)
    {
        var model = Fit(Some.NormalMatrix(100, columns), level);

        Assert.Equal(columns, model.FeatureCount);
        Assert.Throws<ArgumentException>(() => model.Score(Some.NormalMatrix(3, columns - 1), new float[3]));
        Assert.Throws<ArgumentException>(() => model.Score(Some.NormalMatrix(3, columns), new float[2]));
        model.Score(new FeatureMatrix([], 0, columns), []);
    }

    /// <summary>Two clusters of equal size with a deviation of 1: at (0, firstY) and at (10, secondY).</summary>
    private static FeatureMatrix Clusters(int count, float firstY, float secondY, int seed)
    {
        var rows = Some.NormalMatrix(count, 2, seed);
        for (var row = 0; row < count; row++)
        {
            rows.Row(row)[0] += row % 2 == 0 ? 0 : 10;
            rows.Row(row)[1] += row % 2 == 0 ? firstY : secondY;
        }

        return rows;
    }

    private static IDetectorModel Fit(FeatureMatrix rows, int level, ulong seed = 1, int threads = 2) =>
        new IsolationForest(new IsolationForestOptions { ExtensionLevel = level }).Fit(rows, new FitSettings(seed, threads), default);

    private static IDetectorModel Read(ReadOnlyMemory<byte> written) =>
        DetectorCatalog.Get("isolation-forest").ReadModel(new ModelSectionReader("detector", written));

    private static byte[] Written(IDetectorModel model)
    {
        var writer = new ModelSectionWriter();
        model.Write(writer);
        return writer.ToArray();
    }

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }

    private static void AssertFinite(float score) => Assert.True(float.IsFinite(score), $"A score is {score}.");

    private sealed class Watcher(Action<double> onReport) : IProgress<double>
    {
        public void Report(double value) => onReport(value);
    }
}
