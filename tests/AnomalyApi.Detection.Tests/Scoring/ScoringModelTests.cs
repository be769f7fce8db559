using System.Diagnostics;
using System.Security.Cryptography;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests.Scoring;

public sealed class ScoringModelTests
{
    private static readonly ScoringModel Model = Fit();

    [Fact]
    public void A_model_knows_what_it_was_made_from()
    {
        Assert.Equal("isolation-forest", Model.DetectorName);
        Assert.Equal("test-v1", Model.Schema.Version);
        Assert.Equal((500, 800, 30f), (Model.FitRowCount, Model.CalibrationCount, Model.Threshold));
        Assert.Equal(3, Model.TypicalRanges.Count);
    }

    [Fact]
    public void Score_rises_as_a_row_moves_away_from_the_training_data()
    {
        var (pValues, scores) = Score(Model, Some.Matrix([0, 0, 0], [1.5f, 1.5f, 1.5f], [2.3f, 2.3f, 2.3f], [5, 5, 5]));

        Assert.Equal(scores.Order(), scores);
        Assert.True(scores[0] < 5 && scores[3] > 30, string.Join(", ", scores));
        Assert.Equal(pValues.Select(AnomalyScore.FromPValue), scores);
    }

    [Fact]
    public void A_model_that_was_written_and_read_gives_identical_scores()
    {
        var read = ScoringModel.Read(ModelFileReader.Open(Written(Model)));

        var rows = Some.NormalMatrix(500, 3, seed: 9);
        Assert.Equal(Score(Model, rows).Scores, Score(read, rows).Scores);
        Assert.Equal(Score(Model, rows).PValues, Score(read, rows).PValues);
        Assert.Equal(Written(Model), Written(read));
        Assert.Equal(Model.Schema.Features, read.Schema.Features);
        Assert.Equal(Model.TypicalRanges, read.TypicalRanges);
    }

    [Fact]
    public void Every_flipped_byte_of_a_model_is_noticed()
    {
        var file = Written(Fit(new IsolationForestOptions { Trees = 1, SampleSize = 2 }, calibrationRows: 5));
        for (var i = 0; i < file.Length; i++)
        {
            file[i] ^= 0x20;
            Assert.Throws<ModelFileException>(() => ScoringModel.Read(ModelFileReader.Open(file)));
            file[i] ^= 0x20;
        }
    }

    [Fact]
    public void Forged_sections_with_a_right_checksum_are_refused_or_score_within_range()
    {
        var file = Written(Fit(new IsolationForestOptions { Trees = 1, SampleSize = 2 }, calibrationRows: 5))[..^32];
        var rows = Some.NormalMatrix(70, 3);
        for (var i = 0; i < file.Length; i++)
        {
            file[i] ^= 0x90;
            try
            {
                byte[] signed = [.. file, .. SHA256.HashData(file)];
                var model = ScoringModel.Read(ModelFileReader.Open(signed));
                Assert.All(Score(model, rows).Scores, score => Assert.InRange(score, 0, 100));
            }
            catch (ModelFileException)
            {
                // Refused, as it should be.
            }

            file[i] ^= 0x90;
        }
    }

    [Fact]
    public void An_unknown_detector_is_refused_with_the_names_there_are()
    {
        var error = Assert.Throws<ModelFileException>(() => ScoringModel.Read(ModelFileReader.Open(Written(FromOutside()))));

        Assert.StartsWith(
            $"The model was made by detector 'first-column', which is not one of: {DetectorCatalog.All[0].Name}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detector_from_outside_the_assembly_is_read_when_it_is_passed()
    {
        var descriptor = DetectorDescriptor.For<object>("first-column", _ => new FirstColumn(), _ => new FirstColumn());
        DetectorDescriptor[] detectors = [.. DetectorCatalog.All, descriptor];

        var read = ScoringModel.Read(ModelFileReader.Open(Written(FromOutside())), detectors);

        Assert.Equal("first-column", read.DetectorName);
        Assert.Equal(Score(FromOutside(), Some.Matrix([7, 0, 0])).Scores, Score(read, Some.Matrix([7, 0, 0])).Scores);
    }

    [Fact]
    public void Recalibrating_makes_scores_right_on_other_traffic()
    {
        var wider = Some.NormalMatrix(20_000, 3, seed: 5);
        foreach (ref var value in wider.AsSpan())
            value *= 1.3f;

        var carriedOver = Score(Model, wider).Scores.Count(score => score >= 20);
        var renewed = Model.Recalibrate(wider.Pick([.. Enumerable.Range(0, 10_000)]), default);
        var after = Score(renewed, wider.Pick([.. Enumerable.Range(10_000, 10_000)])).Scores.Count(score => score >= 20);

        // 1 % is expected, of 20,000 rows and of 10,000.
        Assert.True(carriedOver > 400, $"{carriedOver}");
        Assert.InRange(after, 100 - 4 * Math.Sqrt(200), 100 + 4 * Math.Sqrt(200));
        Assert.Equal((10_000, 500, 800), (renewed.CalibrationCount, renewed.FitRowCount, Model.CalibrationCount));
    }

    [Fact]
    public void A_few_attacks_in_the_hour_do_not_spoil_a_recalibration()
    {
        var hour = Some.NormalMatrix(2100, 3, seed: 5);
        foreach (ref var value in hour.AsSpan())
            value *= 1.3f;

        foreach (ref var value in hour.AsSpan()[(2000 * 3)..])
            value = 8 + value;

        var renewed = Model.Recalibrate(hour, default);

        // 5 % is expected of the normal rows.
        var after = Some.NormalMatrix(20_000, 3, seed: 6);
        foreach (ref var value in after.AsSpan())
            value *= 1.3f;

        var share = Score(renewed, after).Scores.Count(score => score >= 13.0103f) / 20_000.0;
        Assert.InRange(share, 0.04, 0.06);
        Assert.InRange(renewed.CalibrationCount, 1900, 2030);
    }

    [Fact]
    public void The_preparation_of_the_rows_goes_with_the_model()
    {
        var prepared = ScoringModel.Fit(
            Some.Schema(3),
            new PreparedDetector(new IsolationForest(new IsolationForestOptions()), new PreparationOptions { LogAbove = 2 }),
            Some.NormalMatrix(500, 3),
            Some.NormalMatrix(800, 3, seed: 2),
            threshold: 30,
            new FitSettings(1),
            default);

        var read = ScoringModel.Read(ModelFileReader.Open(Written(prepared)));

        var rows = Some.NormalMatrix(200, 3, seed: 9);
        Assert.Equal(Score(prepared, rows).Scores, Score(read, rows).Scores);
        Assert.Equal(Written(prepared), Written(read));
        Assert.NotEqual(Score(Model, rows).Scores, Score(read, rows).Scores);
    }

    [Fact]
    public void What_is_typical_is_learned_from_rows_not_labelled_anomalous()
    {
        var rows = Some.NormalMatrix(500, 3);
        var labels = new RowLabel[500];
        for (var row = 0; row < 200; row++)
        {
            rows.Row(row).Fill(50);
            labels[row] = RowLabel.Anomaly;
        }

        var model = ScoringModel.Fit(
            Some.Schema(3), new FirstColumn(), new TrainingRows(rows, labels), Some.NormalMatrix(50, 3, seed: 2), 30, new FitSettings(1), default);

        Assert.All(model.TypicalRanges, range => Assert.InRange(range.High, 1, 3));
    }

    [Fact]
    public void A_file_of_the_first_version_is_still_read()
    {
        // Version 1 had no preparation; apart from its number it is what a model without one still writes.
        var file = Written(Model)[..^32];
        file[8] = 1;

        var read = ScoringModel.Read(ModelFileReader.Open((byte[])[.. file, .. SHA256.HashData(file)]));

        var rows = Some.NormalMatrix(200, 3, seed: 9);
        Assert.Equal(Score(Model, rows).Scores, Score(read, rows).Scores);
    }

    [Fact]
    public void Another_threshold_changes_nothing_else()
    {
        var model = Model.WithThreshold(45);

        Assert.Equal((45f, 30f), (model.Threshold, Model.Threshold));
        var rows = Some.NormalMatrix(50, 3, seed: 9);
        Assert.Equal(Score(Model, rows).Scores, Score(model, rows).Scores);
        Assert.Throws<ArgumentOutOfRangeException>(() => Model.WithThreshold(101));
    }

    [Fact]
    public void Scoring_does_not_allocate()
    {
        var rows = Some.NormalMatrix(300, 3, seed: 9);
        var pValues = new double[300];
        var scores = new float[300];
        Model.Score(rows, pValues, scores);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Model.Score(rows, pValues, scores);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_model_that_tells_nothing_apart_says_so()
    {
        var rows = Some.NormalMatrix(200, 3);
        var constant = new FeatureMatrix(new float[600], 200, 3);
        var detector = new IsolationForest(new IsolationForestOptions());
        ScoringModel Fit(FeatureMatrix fit, FeatureMatrix calibration) =>
            ScoringModel.Fit(Some.Schema(3), detector, fit, calibration, 30, new FitSettings(1), default);

        Assert.Empty(Fit(rows, rows).Warnings);
        Assert.Contains("100 % of the rows", Assert.Single(Fit(constant, constant).Warnings), StringComparison.Ordinal);
        Assert.Single(Fit(rows, rows).Recalibrate(constant, default).Warnings);
        Assert.Single(Fit(constant, constant).WithThreshold(20).Warnings);
    }

    [Fact]
    public async Task A_recalibration_can_be_cancelled()
    {
        // Nearest neighbours need some 10 us a row, so all of these rows would take far longer than the test waits.
        var neighbours = ScoringModel.Fit(
            Some.Schema(24), new KNearestNeighbours(new KNearestNeighboursOptions()), Some.NormalMatrix(20_000, 24), Some.NormalMatrix(100, 24, seed: 2),
            30, new FitSettings(1), default);
        var rows = Some.NormalMatrix(200_000, 24, seed: 3);
        var quickest = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var cancellation = new CancellationTokenSource();
            var work = Task.Factory.StartNew(
                () => neighbours.Recalibrate(rows, cancellation.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.Delay(100, CancellationToken.None);
            var cancelled = Stopwatch.GetTimestamp();
            await cancellation.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
            var took = Stopwatch.GetElapsedTime(cancelled);
            quickest = took < quickest ? took : quickest;
        }

        Assert.True(quickest < TimeSpan.FromMilliseconds(200), $"{quickest.TotalMilliseconds} ms");
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var rows = Some.NormalMatrix(10, 3);
        Assert.Throws<ArgumentException>(() => Model.Score(rows, new double[9], new float[10]));
        Assert.Throws<ArgumentException>(() => Model.Score(rows, new double[10], new float[9]));
        Assert.Throws<ArgumentException>(() => Model.Score(Some.NormalMatrix(10, 4), new double[10], new float[10]));
        Assert.Throws<ArgumentException>(() => Model.Recalibrate(Some.NormalMatrix(10, 4), default));
        Assert.Throws<ArgumentException>(() => Model.Recalibrate(new FeatureMatrix([], 0, 3), default));

        var detector = new IsolationForest(new IsolationForestOptions());
        Assert.Throws<ArgumentException>(
            () => ScoringModel.Fit(Some.Schema(4), detector, rows, rows, 30, new FitSettings(1), default));
        Assert.Throws<ArgumentException>(
            () => ScoringModel.Fit(Some.Schema(3), detector, rows, new FeatureMatrix([], 0, 3), 30, new FitSettings(1), default));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => ScoringModel.Fit(Some.Schema(3), detector, rows, rows, float.NaN, new FitSettings(1), default));
    }

    private static ScoringModel Fit(IsolationForestOptions? options = null, int calibrationRows = 800) =>
        ScoringModel.Fit(
            Some.Schema(3),
            new IsolationForest(options ?? new IsolationForestOptions()),
            Some.NormalMatrix(500, 3),
            Some.NormalMatrix(calibrationRows, 3, seed: 2),
            threshold: 30,
            new FitSettings(1),
            default);

    private static ScoringModel FromOutside() =>
        ScoringModel.Fit(
            Some.Schema(3), new FirstColumn(), Some.NormalMatrix(50, 3), Some.NormalMatrix(50, 3, seed: 2), 30, new FitSettings(1), default);

    private static byte[] Written(ScoringModel model)
    {
        var file = new ModelFileWriter();
        model.WriteTo(file);
        return file.ToArray();
    }

    private static (double[] PValues, float[] Scores) Score(ScoringModel model, FeatureMatrix rows)
    {
        var pValues = new double[rows.RowCount];
        var scores = new float[rows.RowCount];
        model.Score(rows, pValues, scores);
        return (pValues, scores);
    }

    /// <summary>A detector the catalog does not know: the raw score is the first column.</summary>
    private sealed class FirstColumn : IDetector, IDetectorModel
    {
        public string Name => "first-column";

        public int FeatureCount => 3;

        public IDetectorModel Fit(TrainingRows rows, FitSettings settings, CancellationToken cancellationToken) => this;

        public void Score(FeatureMatrix rows, Span<float> scores)
        {
            for (var row = 0; row < scores.Length; row++)
                scores[row] = rows.Row(row)[0];
        }

        public void Write(ModelSectionWriter writer)
        {
        }
    }
}
