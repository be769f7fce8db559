using System.Diagnostics;
using AnomalyApi.Detection.Detectors;
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
        var labels = DetectorCatalog.Get(name).Labels;
        if (labels != LabelUse.Needed)
            AssertFinds(name, Some.NormalMatrix(1000, Columns));

        if (labels != LabelUse.Ignored)
        {
            // The last 200 of 1200 rows are outliers, as are those that are looked for.
            var rows = Some.NormalMatrix(1200, Columns);
            Widen(rows.AsSpan()[(1000 * Columns)..]);
            AssertFinds(name, new TrainingRows(rows, Labels(1200, row => row >= 1000)));
        }
    }

    private static void AssertFinds(string name, TrainingRows rows)
    {
        var model = Detector(name).Fit(rows, new FitSettings(1), default);
        var normal = Scores(model, Some.NormalMatrix(200, Columns, seed: 2));
        var outliers = Some.NormalMatrix(200, Columns, seed: 3);
        Widen(outliers.AsSpan());

        var planted = Scores(model, outliers);

        var area = planted.Average(high => normal.Average(low => high > low ? 1.0 : high == low ? 0.5 : 0));
        Assert.InRange(area, 0.9, 1);
    }

    private static void Widen(Span<float> values)
    {
        // Always above in the first column, so that a straight line can tell them apart too.
        for (var i = 0; i < values.Length; i++)
            values[i] = i % Columns == 0 ? 3 + Math.Abs(values[i] * 6) : values[i] * 6;
    }

    [Theory, MemberData(nameof(Names))]
    public void Fitting_and_scoring_leave_rows_and_options_as_they_were(string name)
    {
        var descriptor = DetectorCatalog.Get(name);
        var options = Activator.CreateInstance(descriptor.OptionsType);
        var rows = Some.NormalMatrix(300, Columns);

        Scores(descriptor.Create(options).Fit(Training(name, rows), new FitSettings(1), default), rows);

        Assert.Equal(Some.NormalMatrix(300, Columns).AsSpan(), rows.AsSpan());
        Assert.Equal(Activator.CreateInstance(descriptor.OptionsType), options);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_same_seed_gives_the_same_model_for_any_number_of_threads(string name)
    {
        var rows = Training(name, Some.NormalMatrix(500, Columns));

        var one = Written(Detector(name).Fit(rows, new FitSettings(7, MaxThreads: 1), default));

        Assert.Equal(one, Written(Detector(name).Fit(rows, new FitSettings(7, MaxThreads: 1), default)));
        Assert.Equal(one, Written(Detector(name).Fit(rows, new FitSettings(7, MaxThreads: 4), default)));
    }

    [Theory, MemberData(nameof(Names))]
    public void Work_that_is_shared_out_gives_the_model_that_one_thread_makes(string name)
    {
        // Enough rows that trees, chunks of gradients and batches of networks are cut into several parts.
        var rows = Training(name, Some.NormalMatrix(20_000, 24));

        var one = Written(Cheap(name).Fit(rows, new FitSettings(7, MaxThreads: 1), default));

        Assert.Equal(one, Written(Cheap(name).Fit(rows, new FitSettings(7, MaxThreads: 3), default)));
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
            () => Detector(name).Fit(Training(name, Some.NormalMatrix(300, Columns)), new FitSettings(1), new CancellationToken(canceled: true)));

        using var source = new CancellationTokenSource();
        var settings = new FitSettings(1, Progress: new Watcher(_ => source.Cancel()));
        Assert.ThrowsAny<OperationCanceledException>(() => Detector(name).Fit(Training(name, Some.NormalMatrix(300, Columns)), settings, source.Token));
    }

    [Theory, MemberData(nameof(Names))]
    public void Progress_stays_within_0_and_1_and_reaches_1(string name)
    {
        var reported = new List<double>();

        Detector(name).Fit(Training(name, Some.NormalMatrix(300, Columns)), new FitSettings(1, Progress: new Watcher(reported.Add)), default);

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
        foreach (var rows in new[] { constantColumns, copies, Some.NormalMatrix(2, Columns) })
            Assert.All(Scores(Fit(name, rows), Some.NormalMatrix(100, Columns, seed: 2)), AssertFinite);
    }

    [Theory, MemberData(nameof(Names))]
    public void One_row_is_enough_unless_labels_are_needed(string name)
    {
        if (DetectorCatalog.Get(name).Labels == LabelUse.Needed)
            Assert.Throws<ArgumentException>(() => Fit(name, Some.NormalMatrix(1, Columns)));
        else
            Assert.All(Scores(Fit(name, Some.NormalMatrix(1, Columns)), Some.NormalMatrix(100, Columns, seed: 2)), AssertFinite);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_detector_that_needs_labels_says_which_are_missing(string name)
    {
        if (DetectorCatalog.Get(name).Labels != LabelUse.Needed)
            return;

        var rows = Some.NormalMatrix(30, Columns);
        foreach (var labels in new[] { [], Labels(30, _ => false), Labels(30, _ => true), new RowLabel[30] })
        {
            var error = Assert.Throws<ArgumentException>(
                () => Detector(name).Fit(new TrainingRows(rows, labels), new FitSettings(1), default));
            Assert.Contains("at least 1 of each", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Rows_of_unknown_label_change_nothing_where_labels_are_needed(string name)
    {
        if (DetectorCatalog.Get(name).Labels != LabelUse.Needed)
            return;

        var known = Training(name, Some.NormalMatrix(200, Columns));
        var all = Some.NormalMatrix(300, Columns);
        known.Features.AsSpan().CopyTo(all.AsSpan());
        var labels = Labels(300, row => row % 2 == 1);
        labels.AsSpan(200).Clear();

        Assert.Equal(
            Written(Detector(name).Fit(known, new FitSettings(1), default)),
            Written(Detector(name).Fit(new TrainingRows(all, labels), new FitSettings(1), default)));
    }

    [Theory, MemberData(nameof(Names))]
    public Task A_fit_ends_soon_after_it_is_cancelled(string name) => EndsSoonAfterCancelled(name, Some.NormalMatrix(20_000, 24));

    [Theory, MemberData(nameof(Names))]
    public Task A_fit_of_many_columns_ends_soon_after_it_is_cancelled(string name) => EndsSoonAfterCancelled(name, Some.NormalMatrix(2_000, 500));

    private static async Task EndsSoonAfterCancelled(string name, FeatureMatrix features)
    {
        var rows = Training(name, features);
        var delay = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 5 && delay > TimeSpan.FromMilliseconds(200); attempt++)
        {
            // The machine may be busy with something else, so the best of five counts.
            using var source = new CancellationTokenSource();
            var fit = Task.Run(() => Detector(name).Fit(rows, new FitSettings(1, MaxThreads: 2), source.Token));
            await Task.WhenAny(fit, Task.Delay(60 + 40 * attempt));
            var cancelled = Stopwatch.StartNew();
            await source.CancelAsync();
            try
            {
                await fit;
            }
            catch (OperationCanceledException)
            {
                // What was asked for; a fit that was done before is as good.
            }

            delay = cancelled.Elapsed;
        }

        Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
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
            if (float.IsNaN(bad) && DetectorCatalog.Get(name).AcceptsMissing)
            {
                Assert.All(Scores(Fit(name, rows), rows), AssertFinite);
                continue;
            }

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

    /// <summary>Fewer rounds or rows, where more of them would be shared out in the same way.</summary>
    private static IDetector Cheap(string name) => name switch
    {
        DetectorCatalog.AutoencoderName => new Autoencoder(new AutoencoderOptions { Epochs = 2, LeastSteps = 0 }),
        DetectorCatalog.NeuralNetworkName => new NeuralNetwork(new NeuralNetworkOptions { Epochs = 4 }),
        DetectorCatalog.SupportVectorMachineName => new SupportVectorMachine(new SupportVectorMachineOptions { MaxRbfRows = 5000 }),
        _ => Detector(name),
    };

    private static IDetectorModel Fit(string name, FeatureMatrix rows) => Detector(name).Fit(Training(name, rows), new FitSettings(1), default);

    /// <summary>Every other row is an anomaly where labels matter, so that any two rows have both.</summary>
    private static TrainingRows Training(string name, FeatureMatrix rows) =>
        DetectorCatalog.Get(name).Labels == LabelUse.Ignored ? rows : new TrainingRows(rows, Labels(rows.RowCount, row => row % 2 == 1));

    private static RowLabel[] Labels(int count, Func<int, bool> isAnomaly) =>
        [.. Enumerable.Range(0, count).Select(row => isAnomaly(row) ? RowLabel.Anomaly : RowLabel.Normal)];

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
