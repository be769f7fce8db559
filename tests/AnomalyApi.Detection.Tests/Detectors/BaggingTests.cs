using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Files;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Detectors;

public sealed class BaggingTests
{
    public static TheoryData<string> Inner { get; } = new(
        DetectorCatalog.All.Select(detector => detector.Name).Where(name => name is not ("bagging" or "ensemble")));

    [Theory, MemberData(nameof(Inner))]
    public void Every_detector_can_be_bagged(string name)
    {
        var rows = Some.NormalMatrix(200, 5);
        var labels = Enumerable.Range(0, 200).Select(row => rows.Row(row)[0] > 1 ? RowLabel.Anomaly : RowLabel.Normal).ToArray();
        var bagging = new Bagging(new() { Detector = name, Members = 3, SampleShare = 0.5, FeatureShare = 0.6 });

        var model = (BaggingModel)bagging.Fit(new TrainingRows(rows, labels), new FitSettings(1), default);
        var threads = bagging.Fit(new TrainingRows(rows, labels), new FitSettings(1, MaxThreads: 3), default);

        var written = Written(model);
        var reader = new ModelSectionReader("detector", written);
        var read = BaggingModel.Read(reader);
        reader.End();
        Assert.Equal(name, read.DetectorName);
        Assert.Equal(Scores(model, rows), Scores(read, rows));
        Assert.All(Scores(model, rows), score => Assert.True(float.IsFinite(score)));
        Assert.Equal(written, Written(threads));
    }

    [Theory]
    [InlineData("bagging")]
    [InlineData("ensemble")]
    [InlineData("isolaton-forest")]
    public void Nested_and_unknown_detectors_are_refused(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => new Bagging(new() { Detector = name }));

        Assert.Contains($"Detector '{name}' cannot be bagged", error.Message, StringComparison.Ordinal);
        Assert.Contains("isolation-forest", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(", bagging", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_names_a_nested_detector_is_refused()
    {
        var writer = new ModelSectionWriter();
        foreach (var value in new[] { 1, 0, 2 })
            writer.WriteInt32(value);

        writer.WriteString("bagging");

        Assert.Throws<ModelFileException>(() => BaggingModel.Read(new ModelSectionReader("detector", writer.ToArray())));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(0, 2)]
    public void A_file_whose_columns_are_not_in_order_is_refused(int first, int second)
    {
        var writer = new ModelSectionWriter();
        foreach (var value in new[] { 1, 0, 2 })
            writer.WriteInt32(value);

        writer.WriteString("isolation-forest");
        writer.WriteArray<int>([first, second]);

        var fault = Assert.Throws<ModelFileException>(() => BaggingModel.Read(new ModelSectionReader("detector", writer.ToArray())));

        Assert.Contains("ascending", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detector_that_needs_labels_says_so_from_inside()
    {
        var bagging = new Bagging(new() { Detector = "support-vector-machine" });

        var error = Assert.Throws<ArgumentException>(() => bagging.Fit(Some.NormalMatrix(30, 2), new FitSettings(1), default));

        Assert.Contains("at least 1 of each", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_sample_has_each_label_even_if_it_is_rare()
    {
        var rows = Some.NormalMatrix(300, 2);
        var labels = Enumerable.Range(0, 300).Select(row => row == 7 ? RowLabel.Anomaly : RowLabel.Normal).ToArray();

        new Bagging(new() { Detector = "support-vector-machine", Members = 30, SampleShare = 0.1 })
            .Fit(new TrainingRows(rows, labels), new FitSettings(1), default);

        var random = new SeededRandom(1);
        var sample = BaggingSample.Rows(new TrainingRows(rows, labels), 0.1, withReplacement: true, byLabel: true, ref random);
        Assert.Equal(1, sample.Count(row => row == 7));
        Assert.Equal(31, sample.Length);
    }

    [Fact]
    public void Samples_are_drawn_with_or_without_replacement()
    {
        var rows = Some.NormalMatrix(1000, 1);
        var random = new SeededRandom(1);

        var with = BaggingSample.Rows(rows, 1, withReplacement: true, byLabel: false, ref random);
        var without = BaggingSample.Rows(rows, 0.3, withReplacement: false, byLabel: false, ref random);

        // A bootstrap holds 1 - 1/e of the rows.
        Assert.Equal(1000, with.Length);
        Assert.InRange(with.Distinct().Count(), 600, 665);
        Assert.Equal(300, without.Distinct().Count());
        Assert.Equal([0, 1, 2], BaggingSample.Columns(3, 1, ref random));
        Assert.Single(BaggingSample.Columns(3, 0.01, ref random));
    }

    [Fact]
    public void Scores_are_standardised_by_the_training_rows()
    {
        // Typical scores 1, 3: mean 2, deviation 1.
        var member = new BaggingMember([1], new FirstColumn(), [1, 3]);
        var sums = new double[3];

        member.Add(Some.Matrix([9, 2], [9, 3], [9, 7]), 0, sums, BaggingCombination.MeanScore, new float[3], new float[3]);

        Assert.Equal([0, 1, 5], sums);
    }

    [Theory]
    [InlineData(1, 0.125)] // In the middle of its own place, of which there are four.
    [InlineData(2, 0.375)]
    [InlineData(1.5, 0.25)]
    [InlineData(4, 0.75)] // Two are 4: the middle of both places.
    [InlineData(7, (3.5 + 0.5 * 0.5) / 4)] // As far above as the range is wide: half of the rest.
    [InlineData(-2, (0.5 - 0.5 * 0.5) / 4)]
    public void Ranks_are_shares_of_the_training_rows(float score, double expected) =>
        Assert.Equal(expected, new BaggingMember([0], new FirstColumn(), [1, 2, 4, 4]).Rank(score), 1e-12);

    [Fact]
    public void Ranks_rise_with_the_score()
    {
        var member = new BaggingMember([0], new FirstColumn(), [1, 2, 4, 4, 9]);
        var ranks = Enumerable.Range(-100, 300).Select(i => member.Rank(i / 10f)).ToArray();

        Assert.Equal(ranks.Distinct().Order(), ranks);
        Assert.InRange(member.Rank(float.MaxValue), ranks[^1], 1);
        Assert.InRange(member.Rank(float.MinValue), 0, ranks[0]);
        Assert.InRange(new BaggingMember([0], new FirstColumn(), [2, 2]).Rank(3), 0.5, 1);
    }

    [Fact]
    public void Members_that_see_few_columns_find_together_what_stands_out_in_one()
    {
        // A member of nine columns sees the one of 30 that tells in three cases of ten.
        var rows = Some.NormalMatrix(600, 30);
        var test = Some.NormalMatrix(400, 30, seed: 2);
        RowLabel[] labels = [.. Enumerable.Range(0, 400).Select(row => row < 200 ? RowLabel.Normal : RowLabel.Anomaly)];
        for (var row = 200; row < 400; row++)
            test.Row(row)[row % 3] += 8;

        double Area(IDetector detector)
        {
            var scores = new float[400];
            detector.Fit(rows, new FitSettings(1), default).Score(test, scores);
            return Ranking.RocAuc(scores, labels);
        }

        var options = new BaggingOptions { Detector = "k-nearest-neighbours", Members = 20, FeatureShare = 0.3, WithReplacement = false };
        Assert.InRange(Area(new Bagging(options)), 0.9, 1);

        // Seven members in ten have no opinion, and by rank none of the others can outvote them.
        Assert.InRange(Area(new Bagging(options with { Combination = BaggingCombination.MeanRank })), 0.7, 1);
    }

    [Fact]
    public void Options_of_the_detector_inside_are_passed_on()
    {
        var bagging = new Bagging(new() { Members = 1 }, new IsolationForestOptions { Trees = 1, SampleSize = 2 });

        var model = bagging.Fit(Some.NormalMatrix(50, 2), new FitSettings(1), default);

        Assert.InRange(Written(model).Length, 100, 3000);
    }

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

    /// <summary>Scores a row by its first value.</summary>
    private sealed class FirstColumn : IDetectorModel
    {
        public int FeatureCount => 1;

        public void Score(FeatureMatrix rows, Span<float> scores) => rows.AsSpan().CopyTo(scores);

        public void Write(ModelSectionWriter writer)
        {
        }
    }
}
