using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Explanation;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Explanation;

public sealed class RowExplainerTests
{
    private const int Columns = 5;

    private static readonly IDetectorModel Forest =
        new IsolationForest(new IsolationForestOptions()).Fit(Some.NormalMatrix(500, Columns), new FitSettings(1), default);

    [Fact]
    public void What_two_columns_do_together_is_shared_equally()
    {
        // f = x0 + 10 x1 x2, explained row (1, 1, 1), background (0, 0, 0) and (3, 0, 1).
        // From the first: x0 gives 1 - 0, and the product's 10 is halved: (1, 5, 5).
        // From the second: x0 gives 1 - 3; x2 is the same in both, so x1 alone makes 10: (-2, 10, 0). The means: (-0.5, 7.5, 2.5).
        var explainer = new RowExplainer(
            new Formula(3, row => row[0] + 10 * row[1] * row[2]), new FeatureMatrix([0, 0, 0, 3, 0, 1], 2, 3), new ExplanationOptions { RowBudget = 1000 });

        var contributions = Explain(explainer, [1, 1, 1], out var score);

        // Whatever the order, a walk and the same walk backwards take turns in who of two comes last, so two columns at a time are exact.
        Assert.Equal([-0.5, 7.5, 2.5], contributions.Select(value => Math.Round(value, 6)));
        Assert.Equal((11, 1.5), (score, explainer.BaseScore));
    }

    [Theory, InlineData(100), InlineData(1000)]
    public void Contributions_sum_to_the_gap_to_the_mean_of_the_background_whatever_the_budget(int budget)
    {
        var background = Some.NormalMatrix(30, 8, seed: 2);
        var explainer = new RowExplainer(new Formula(8, Mixed), background, new ExplanationOptions { RowBudget = budget });
        float[] row = [3, -2, 0.5f, 4, 1, 0, -1, 2];

        var contributions = Explain(explainer, row, out var score);

        Assert.Equal(Mixed(row), score);
        Assert.Equal(score - explainer.BaseScore, contributions.Sum(), 1e-9 * Math.Abs(score));
        if (budget == 1000)
            Assert.Equal(Enumerable.Range(0, 30).Average(i => (double)Mixed(background.Row(i))), explainer.BaseScore, 1e-6);
    }

    [Fact]
    public void Sampling_comes_closer_to_all_subsets_as_the_budget_grows()
    {
        var background = Some.NormalMatrix(4, 8, seed: 2);
        float[] row = [3, -2, 0.5f, 4, 1, 0, -1, 2];
        var exact = OverAllSubsets(8, background, row, Mixed);

        double Error(int budget) => Explain(new RowExplainer(new Formula(8, Mixed), background, new ExplanationOptions { RowBudget = budget }), row, out _)
            .Zip(exact).Sum(pair => Math.Abs(pair.First - pair.Second)) / exact.Sum(Math.Abs);

        // The error falls with the root of the budget.
        Assert.InRange(Error(1_000), 0, 0.2);
        Assert.InRange(Error(1_000_000), 0, 0.005);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(70)]
    public void Trees_give_what_all_subsets_give(int backgroundRows)
    {
        // Sums of path lengths, without the link: then exact means equal.
        var trees = ((ITreeModel)Forest).ToTreeEnsemble();
        var sums = new TreeEnsemble(Columns, trees.Nodes.ToArray(), trees.Roots.ToArray());
        var background = Some.NormalMatrix(backgroundRows, Columns, seed: 2);
        var explainer = new TreeShapley(sums, [0, 1, 2, 3, 4], Columns, background);
        foreach (var row in new float[][] { [3, 0, -4, 0.1f, 0.2f], [0, 0, 0, 0, 0], [float.NaN, 9, float.PositiveInfinity, -9, float.NegativeInfinity] })
        {
            var contributions = new double[Columns];
            explainer.Explain(row, contributions);

            AssertClose(OverAllSubsets(Columns, background, row, mixed => sums.Sum(mixed)), contributions, 1e-9);
        }
    }

    [Fact]
    public void Columns_of_one_player_come_from_the_same_row()
    {
        var trees = ((ITreeModel)Forest).ToTreeEnsemble();
        var sums = new TreeEnsemble(Columns, trees.Nodes.ToArray(), trees.Roots.ToArray());
        var background = Some.NormalMatrix(10, Columns, seed: 2);
        float[] row = [3, 0, -4, 0.1f, 0.2f];
        int[] players = [1, 0, 1, 2, 0];

        var contributions = new double[3];
        new TreeShapley(sums, players, 3, background).Explain(row, contributions);

        AssertClose(OverAllSubsets(3, background, row, mixed => sums.Sum(mixed), players), contributions, 1e-9);
    }

    [Fact]
    public void A_score_that_is_a_function_of_the_sum_of_trees_is_shared_in_the_proportions_of_the_sum()
    {
        var trees = ((ITreeModel)Forest).ToTreeEnsemble();
        var background = Some.NormalMatrix(1, Columns, seed: 2);
        float[] row = [3, 0, -4, 0.1f, 0.2f];
        var ofSum = OverAllSubsets(Columns, background, row, mixed => trees.Sum(mixed));

        var explainer = new RowExplainer(Forest, background);
        var contributions = Explain(explainer, row, out var score);

        var ratio = (score - explainer.BaseScore) / ofSum.Sum();
        AssertClose(ofSum.Select(value => value * ratio).ToArray(), contributions, 1e-9);
        Assert.True(explainer.IsExact && ratio < 0);
    }

    [Fact]
    public void Trees_are_explained_to_the_gap_of_the_raw_score()
    {
        var background = Some.NormalMatrix(100, Columns, seed: 2);
        var rows = Some.NormalMatrix(50, Columns, seed: 3);
        background.Row(7).CopyTo(rows.Row(0));
        var backgroundScores = new float[100];
        var scores = new float[50];
        Forest.Score(background, backgroundScores);
        Forest.Score(rows, scores);
        var explainer = new RowExplainer(Forest, background);
        for (var row = 0; row < 50; row++)
        {
            var contributions = Explain(explainer, rows.Row(row), out var score);

            Assert.Equal(scores[row], score, 1e-5);
            Assert.Equal(scores[row] - backgroundScores.Average(), contributions.Sum(), 1e-5);
            Assert.Equal(score - explainer.BaseScore, contributions.Sum(), 1e-9);
        }
    }

    [Fact]
    public void Trees_and_sampling_agree_where_the_score_is_nearly_a_straight_function_of_the_sum()
    {
        var background = Some.NormalMatrix(20, Columns, seed: 2);
        float[] row = [5, 0.3f, -1, 0.1f, -6];

        var exact = Explain(new RowExplainer(Forest, background), row, out _);
        var sampled = Explain(new RowExplainer(Forest, background, new ExplanationOptions { ExactTrees = false, RowBudget = 100_000 }), row, out _);

        AssertClose(exact, sampled, 0.01);
    }

    [Theory, InlineData(CategoryEncoding.OneHot), InlineData(CategoryEncoding.Frequency)]
    public void A_model_behind_a_preparation_is_explained_in_the_columns_before_it(CategoryEncoding encoding)
    {
        var rows = Categorical(400, seed: 1);
        var model = Prepared(rows, new PreparationOptions { Categories = encoding, MissingIndicators = true });
        var explainer = new RowExplainer(model, rows);
        var sampler = new RowExplainer(model, rows, new ExplanationOptions { ExactTrees = false });
        Assert.True(explainer.IsExact && !sampler.IsExact);

        // A category never seen, and a number out of range.
        foreach (var (row, driver) in new[] { (new float[] { 0.1f, 7, 0.2f }, 1), ([0.1f, 0, 9], 2) })
        {
            foreach (var by in new[] { explainer, sampler })
            {
                var contributions = Explain(by, row, out var score);

                Assert.Equal(driver, Array.IndexOf(contributions, contributions.Max()));
                Assert.Equal(score - by.BaseScore, contributions.Sum(), 1e-6);
            }
        }
    }

    [Fact]
    public void A_projection_is_explained_by_sampling()
    {
        var rows = Some.NormalMatrix(300, Columns);
        var detector = new PreparedDetector(new IsolationForest(new IsolationForestOptions()), new PreparationOptions { Components = 3 });
        var model = detector.Fit(rows, new FitSettings(1), default);

        Assert.False(new RowExplainer(model, rows).IsExact);
    }

    [Fact]
    public void A_column_without_influence_contributes_nothing()
    {
        var kept = new PreparationOptions { KeepColumns = 2 };
        var rows = Some.NormalMatrix(300, 3);
        for (var row = 0; row < 300; row++)
            rows.Row(row)[1] = 4;

        var model = Prepared(rows, kept, null);

        Assert.Equal(0, Explain(new RowExplainer(model, rows), [0, 9, 9], out _)[1]);
        Assert.Equal(0, Explain(new RowExplainer(model, rows, new ExplanationOptions { ExactTrees = false }), [0, 9, 9], out _)[1]);
    }

    [Fact]
    public void One_column_takes_the_whole_gap()
    {
        var explainer = new RowExplainer(new Formula(1, row => row[0] * row[0]), new FeatureMatrix([1, 3], 2, 1));

        Assert.Equal([20.0], Explain(explainer, [5], out _));
    }

    [Fact]
    public void An_explanation_depends_on_the_row_and_the_seed_alone()
    {
        var background = Some.NormalMatrix(300, 8, seed: 2);
        float[] row = [3, -2, 0.5f, 4, 1, 0, -1, 2];
        var explainer = new RowExplainer(new Formula(8, Mixed), background);
        var first = Explain(explainer, row, out _);
        Explain(explainer, [0, 0, 0, 0, 0, 0, 0, 1], out _);

        Assert.Equal(first, Explain(explainer, row, out _));
        Assert.Equal(first, Explain(new RowExplainer(new Formula(8, Mixed), background), row, out _));
        Assert.NotEqual(first, Explain(new RowExplainer(new Formula(8, Mixed), background, new ExplanationOptions { Seed = 2 }), row, out _));
    }

    [Fact]
    public void The_budget_bounds_the_rows_that_are_scored()
    {
        // 2 x 7 rows for each background row and round.
        foreach (var (budget, background, rounds) in new[] { (1400, 100, 1), (2799, 100, 1), (2800, 100, 2), (700, 50, 1), (100, 7, 1) })
        {
            var model = new Formula(8, Mixed);
            var explainer = new RowExplainer(model, Some.NormalMatrix(500, 8), new ExplanationOptions { RowBudget = budget });
            Assert.Equal(background, explainer.BackgroundCount);
            model.ScoredRows = 0;

            Explain(explainer, new float[8], out _);

            // And the row itself.
            Assert.Equal(background * rounds * 14 + 1, model.ScoredRows);
        }
    }

    [Fact]
    public void Explaining_does_not_allocate()
    {
        var rows = Categorical(300, seed: 1);
        var model = Prepared(rows, new PreparationOptions());
        foreach (var exactTrees in new[] { true, false })
        {
            var explainer = new RowExplainer(model, rows, new ExplanationOptions { ExactTrees = exactTrees });
            var contributions = new double[3];
            float[] row = [1, 2, 3];
            explainer.Explain(row, contributions);

            var before = GC.GetAllocatedBytesForCurrentThread();
            explainer.Explain(row, contributions);

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void Wrong_shapes_and_options_are_refused()
    {
        var background = Some.NormalMatrix(10, Columns);
        var explainer = new RowExplainer(Forest, background);

        Assert.Throws<ArgumentException>(() => new RowExplainer(Forest, Some.NormalMatrix(10, Columns + 1)));
        Assert.Throws<ArgumentException>(() => new RowExplainer(Forest, new FeatureMatrix([], 0, Columns)));
        Assert.Throws<ArgumentException>(() => new RowExplainer(Forest, background, new ExplanationOptions { RowBudget = 99 }));
        Assert.Throws<ArgumentException>(() => explainer.Explain(new float[Columns - 1], new double[Columns]));
        Assert.Throws<ArgumentException>(() => explainer.Explain(new float[Columns], new double[Columns + 1]));
    }

    /// <summary>Three numbers together, two together, one alone, and one that does nothing.</summary>
    private static float Mixed(ReadOnlySpan<float> row) =>
        row[0] * row[1] * row[2] + Math.Max(row[3], row[4]) + row[5] + MathF.Exp(-row[6]) * row[0];

    /// <summary>Shapley values by their definition: for each column and each subset of the others, |S|! (d - |S| - 1)! / d! of what the column
    /// adds, averaged over the background rows.</summary>
    private static double[] OverAllSubsets(int players, FeatureMatrix background, float[] row, Func<float[], double> score, int[]? playerOf = null)
    {
        var contributions = new double[players];
        double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);
        for (var b = 0; b < background.RowCount; b++)
        {
            double Score(int subset) => score(
                [.. row.Select((value, column) => ((subset >> (playerOf?[column] ?? column)) & 1) != 0 ? value : background.Row(b)[column])]);
            for (var player = 0; player < players; player++)
            {
                for (var subset = 0; subset < 1 << players; subset++)
                {
                    if (((subset >> player) & 1) != 0)
                        continue;

                    var size = System.Numerics.BitOperations.PopCount((uint)subset);
                    contributions[player] += Factorial(size) * Factorial(players - size - 1) / Factorial(players)
                        * (Score(subset | 1 << player) - Score(subset)) / background.RowCount;
                }
            }
        }

        return contributions;
    }

    private static double[] OverAllSubsets(int players, FeatureMatrix background, float[] row, Row score) =>
        OverAllSubsets(players, background, row, mixed => (double)score(mixed));

    private static double[] Explain(RowExplainer explainer, float[] row, out double score)
    {
        var contributions = new double[row.Length];
        score = explainer.Explain(row, contributions);
        return contributions;
    }

    private static double[] Explain(RowExplainer explainer, Span<float> row, out double score) => Explain(explainer, row.ToArray(), out score);

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], tolerance);
    }

    /// <summary>A number, a category of 0 to 2 and a number, some of them missing.</summary>
    private static FeatureMatrix Categorical(int count, int seed)
    {
        var rows = Some.NormalMatrix(count, 3, seed);
        for (var row = 0; row < count; row++)
        {
            rows.Row(row)[1] = row % 3;
            if (row % 10 == 0)
                rows.Row(row)[2] = float.NaN;
        }

        return rows;
    }

    private static IDetectorModel Prepared(FeatureMatrix rows, PreparationOptions options) =>
        Prepared(rows, options, [ColumnKind.Numeric, ColumnKind.Categorical, ColumnKind.Numeric]);

    private static IDetectorModel Prepared(FeatureMatrix rows, PreparationOptions options, ColumnKind[]? kinds) =>
        new PreparedDetector(new IsolationForest(new IsolationForestOptions()), options, kinds).Fit(rows, new FitSettings(1), default);

    private delegate float Row(ReadOnlySpan<float> row);

    private sealed class Formula(int columns, Row score) : IDetectorModel
    {
        public int FeatureCount => columns;

        public int ScoredRows { get; set; }

        public void Score(FeatureMatrix rows, Span<float> scores)
        {
            ScoredRows += rows.RowCount;
            for (var row = 0; row < scores.Length; row++)
                scores[row] = score(rows.Row(row));
        }

        public void Write(ModelSectionWriter writer) => throw new NotSupportedException();
    }
}
