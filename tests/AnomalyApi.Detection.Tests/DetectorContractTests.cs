using AnomalyApi.Detection.Files;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests;

/// <summary>What makes a detector a detector. Runs over the catalog, so a new one is covered when it is registered.</summary>
public sealed class DetectorContractTests
{
    private const int Columns = 5;

    public static TheoryData<string> Names { get; } = new(DetectorCatalog.All.Select(detector => detector.Name));

    [Fact]
    public void Names_are_lower_case_words_joined_by_hyphens_in_alphabetical_order()
    {
        var names = DetectorCatalog.All.Select(detector => detector.Name).ToArray();

        Assert.All(names, name => Assert.Matches("^[a-z]+(-[a-z]+)*$", name));
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_names_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => DetectorCatalog.Get("isolaton-forest"));

        Assert.Contains("'isolaton-forest' is not one of: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("isolation-forest", error.Message.Split("not one of")[1], StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_detector_knows_its_name(string name) => Assert.Equal(name, Detector(name).Name);

    [Theory, MemberData(nameof(Names))]
    public void Every_row_gets_a_finite_score(string name) =>
        Assert.All(Scores(Fit(name, Some.NormalMatrix(400, Columns)), Some.NormalMatrix(1000, Columns, seed: 2)), AssertFinite);

    [Theory, MemberData(nameof(Names))]
    public void Planted_outliers_score_higher_than_chance_would_have_it(string name)
    {
        var model = Fit(name, Some.NormalMatrix(1000, Columns));
        var normal = Scores(model, Some.NormalMatrix(200, Columns, seed: 2));
        var outliers = Some.NormalMatrix(200, Columns, seed: 3);
        foreach (ref var value in outliers.AsSpan())
            value *= 6;

        var planted = Scores(model, outliers);

        var area = planted.Average(high => normal.Average(low => high > low ? 1.0 : high == low ? 0.5 : 0));
        Assert.InRange(area, 0.9, 1);
    }

    [Theory, MemberData(nameof(Names))]
    public void Fitting_and_scoring_leave_rows_and_options_as_they_were(string name)
    {
        var descriptor = DetectorCatalog.Get(name);
        var options = Activator.CreateInstance(descriptor.OptionsType);
        var rows = Some.NormalMatrix(300, Columns);

        Scores(descriptor.Create(options).Fit(rows, new FitSettings(1), default), rows);

        Assert.Equal(Some.NormalMatrix(300, Columns).AsSpan(), rows.AsSpan());
        Assert.Equal(Activator.CreateInstance(descriptor.OptionsType), options);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_same_seed_gives_the_same_model_for_any_number_of_threads(string name)
    {
        var rows = Some.NormalMatrix(500, Columns);

        var one = Written(Detector(name).Fit(rows, new FitSettings(7, MaxThreads: 1), default));

        Assert.Equal(one, Written(Detector(name).Fit(rows, new FitSettings(7, MaxThreads: 1), default)));
        Assert.Equal(one, Written(Detector(name).Fit(rows, new FitSettings(7, MaxThreads: 4), default)));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_batch_scores_as_its_rows_do_one_by_one(string name)
    {
        var model = Fit(name, Some.NormalMatrix(300, Columns));
        var rows = Some.NormalMatrix(333, Columns, seed: 2);

        var alone = Enumerable.Range(0, rows.RowCount).Select(row => Scores(model, rows.Pick([row]))[0]);

        Assert.Equal(alone, Scores(model, rows));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_model_that_was_written_and_read_gives_identical_scores(string name)
    {
        var model = Fit(name, Some.NormalMatrix(300, Columns));
        var rows = Some.NormalMatrix(200, Columns, seed: 2);

        var read = DetectorCatalog.Get(name).ReadModel(new ModelSectionReader("detector", Written(model)));

        Assert.Equal(model.FeatureCount, read.FeatureCount);
        Assert.Equal(Scores(model, rows), Scores(read, rows));
        Assert.Equal(Written(model), Written(read));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_truncated_model_is_refused(string name)
    {
        var written = Written(Fit(name, Some.NormalMatrix(20, Columns)));

        foreach (var length in Enumerable.Range(0, 200).Select(i => (int)((long)written.Length * i / 200)))
        {
            var reader = new ModelSectionReader("detector", written.AsMemory(0, length));
            Assert.Throws<ModelFileException>(() => DetectorCatalog.Get(name).ReadModel(reader));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_forged_model_is_refused_or_scores_without_harm(string name)
    {
        var written = Written(Fit(name, Some.NormalMatrix(20, Columns)));
        var rows = Some.NormalMatrix(70, Columns);
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            // The first bytes hold the counts, where most harm could be done.
            var forged = written.ToArray();
            forged[i < 64 ? i : random.Next(forged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                var model = DetectorCatalog.Get(name).ReadModel(new ModelSectionReader("detector", forged));
                if (model.FeatureCount == Columns)
                    Assert.All(Scores(model, rows), AssertFinite);
            }
            catch (ModelFileException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_cancelled_fit_throws(string name)
    {
        Assert.ThrowsAny<OperationCanceledException>(
            () => Detector(name).Fit(Some.NormalMatrix(300, Columns), new FitSettings(1), new CancellationToken(canceled: true)));

        using var source = new CancellationTokenSource();
        var settings = new FitSettings(1, Progress: new Watcher(_ => source.Cancel()));
        Assert.ThrowsAny<OperationCanceledException>(() => Detector(name).Fit(Some.NormalMatrix(300, Columns), settings, source.Token));
    }

    [Theory, MemberData(nameof(Names))]
    public void Progress_stays_within_0_and_1_and_reaches_1(string name)
    {
        var reported = new List<double>();

        Detector(name).Fit(Some.NormalMatrix(300, Columns), new FitSettings(1, Progress: new Watcher(reported.Add)), default);

        Assert.All(reported, share => Assert.InRange(share, 0, 1));
        Assert.Equal(1, reported.Max());
    }

    [Theory, MemberData(nameof(Names))]
    public void Rows_without_spread_are_fitted_and_scored(string name)
    {
        var constantColumns = Some.NormalMatrix(300, Columns);
        for (var row = 0; row < 300; row++)
            constantColumns.Row(row)[..3].Fill(4);

        var copies = new FeatureMatrix(Enumerable.Repeat(2f, 300 * Columns).ToArray(), 300, Columns);
        foreach (var rows in new[] { constantColumns, copies, Some.NormalMatrix(1, Columns), Some.NormalMatrix(2, Columns) })
            Assert.All(Scores(Fit(name, rows), Some.NormalMatrix(100, Columns, seed: 2)), AssertFinite);
    }

    [Theory, MemberData(nameof(Names))]
    public void Huge_values_are_fitted_and_scored(string name)
    {
        var rows = Some.NormalMatrix(300, Columns);
        rows.Row(0)[0] = float.MaxValue;
        rows.Row(1)[0] = float.MinValue;

        Assert.All(Scores(Fit(name, rows), rows), AssertFinite);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_value_that_is_not_finite_is_refused_when_fitting(string name)
    {
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var rows = Some.NormalMatrix(10, Columns);
            rows.Row(7)[3] = bad;

            var error = Assert.Throws<ArgumentException>(() => Fit(name, rows));
            Assert.Contains("Row 7, column 3", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_value_that_is_not_finite_never_gives_such_a_score(string name)
    {
        var rows = Some.NormalMatrix(90, Columns, seed: 2);
        for (var row = 0; row < 90; row++)
            rows.Row(row)[row % Columns] = (row % 3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };

        Assert.All(Scores(Fit(name, Some.NormalMatrix(300, Columns)), rows), AssertFinite);
    }

    [Theory, MemberData(nameof(Names))]
    public void Wrong_shapes_are_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => Fit(name, new FeatureMatrix([], 0, Columns)));

        var model = Fit(name, Some.NormalMatrix(100, Columns));
        Assert.Equal(Columns, model.FeatureCount);
        Assert.Throws<ArgumentException>(() => model.Score(Some.NormalMatrix(3, Columns - 1), new float[3]));
        Assert.Throws<ArgumentException>(() => model.Score(Some.NormalMatrix(3, Columns), new float[2]));
        Assert.Throws<ArgumentException>(() => model.Score(Some.NormalMatrix(3, Columns), new float[4]));
        model.Score(new FeatureMatrix([], 0, Columns), []);
    }

    [Theory, MemberData(nameof(Names))]
    public void Scoring_does_not_allocate(string name)
    {
        var model = Fit(name, Some.NormalMatrix(300, Columns));
        var rows = Some.NormalMatrix(500, Columns, seed: 2);
        var scores = new float[500];
        model.Score(rows, scores);

        var before = GC.GetAllocatedBytesForCurrentThread();
        model.Score(rows, scores);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static IDetector Detector(string name) => DetectorCatalog.Get(name).Create(null);

    private static IDetectorModel Fit(string name, FeatureMatrix rows) => Detector(name).Fit(rows, new FitSettings(1), default);

    private static float[] Scores(IDetectorModel model, FeatureMatrix rows)
    {
        var scores = new float[rows.RowCount];
        model.Score(rows, scores);
        return scores;
    }

    private static byte[] Written(IDetectorModel model)
    {
        var writer = new ModelSectionWriter();
        model.Write(writer);
        return writer.ToArray();
    }

    private static void AssertFinite(float score) => Assert.True(float.IsFinite(score), $"A score is {score}.");

    private sealed class Watcher(Action<double> onReport) : IProgress<double>
    {
        public void Report(double value) => onReport(value);
    }
}
