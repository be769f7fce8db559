using System.Runtime.CompilerServices;
using AnomalyApi.Detection.Detectors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests;

/// <summary>Models that the first version of each detector wrote must be read by every later one, and give the scores recorded with
/// them.</summary>
/// <remarks>
/// <c>golden/NAME.v1.model</c> is a model file with three sections: what the detector wrote with default options, rows, and the scores it
/// gave them. <c>NAME.VARIANT.v1.model</c> holds another layout of the same detector. <c>golden/scoring-model.v2.model</c> is a whole
/// <see cref="ScoringModel"/> in format 2 with those rows and scores beside it. What has no file gets one by running these tests with
/// ANOMALY_WRITE_GOLDEN=1; a file that is there is never written over. See docs/CONTRIBUTING.md.
/// </remarks>
public sealed class GoldenModelTests
{
    private const int Columns = 5;

    private const string WholeModel = "scoring-model.v2";

    // Options under which a detector writes another layout, or scores from it in another way.
    private static readonly (string Name, string Variant, object Options)[] Variants =
    [
        (DetectorCatalog.HistogramName, "dynamic", new HistogramOptions { Layout = HistogramBins.Dynamic }),
        (DetectorCatalog.IsolationForestName, "extended", new IsolationForestOptions { Trees = 10, ExtensionLevel = 1 }),
        (DetectorCatalog.KMeansName, "relative", new KMeansOptions { Clusters = 4, Score = KMeansScore.Relative }),
        (DetectorCatalog.OneClassSvmName, "fourier", new OneClassSvmOptions { Solver = OneClassSolver.Fourier, FourierFeatures = 32 }),
        (DetectorCatalog.PcaName, "reconstruction", new PcaOptions { Score = PcaScore.Reconstruction, Components = 2 }),
        (DetectorCatalog.SupportVectorMachineName, "linear", new SupportVectorMachineOptions { Kernel = SupportVectorKernel.Linear }),
    ];

    public static TheoryData<string, string> Models { get; } = new(
        [.. DetectorCatalog.All.Select(detector => (detector.Name, "")), .. Variants.Select(variant => (variant.Name, variant.Variant))]);

    [Theory, MemberData(nameof(Models))]
    public void A_model_of_the_first_version_is_read_and_gives_the_scores_recorded_with_it(string name, string variant)
    {
        var file = ModelFileReader.Open(Golden(
            FileName(name, variant), () => Make(name, Variants.SingleOrDefault(known => (known.Name, known.Variant) == (name, variant)).Options)));
        var section = file.Section("detector");

        var model = DetectorCatalog.Get(name).ReadModel(section);

        section.End();
        AssertScores(file, model.Score);
    }

    [Fact]
    public void A_whole_model_of_format_2_is_read_and_gives_the_scores_recorded_with_it()
    {
        var bytes = Golden(WholeModel, MakeWhole);
        Assert.Equal(2, bytes[ModelFileReader.Magic.Length]);
        var file = ModelFileReader.Open(bytes);
        Assert.True(file.HasSection("preparation"));

        var model = ScoringModel.Read(file);

        Assert.Equal(("mahalanobis", 60f, Columns), (model.DetectorName, model.Threshold, model.Schema.Count));
        AssertScores(file, (rows, scores) => model.Score(rows, new double[scores.Length], scores));
    }

    [Fact]
    public void Each_golden_file_belongs_to_a_model()
    {
        string[] known =
        [
            WholeModel,
            .. DetectorCatalog.All.Select(detector => FileName(detector.Name, "")),
            .. Variants.Select(variant => FileName(variant.Name, variant.Variant)),
        ];

        Assert.All(
            Directory.GetFiles(Path.GetDirectoryName(PathOf(""))!),
            path => Assert.Contains(Path.GetFileName(path), known.Select(name => $"{name}.model")));
    }

    private static void AssertScores(ModelFileReader file, Scorer score)
    {
        var rows = file.Section("rows").ReadArray<float>();
        var expected = file.Section("scores").ReadArray<float>();
        var scores = new float[expected.Length];
        score(new FeatureMatrix(rows, expected.Length, Columns), scores);

        // Another processor may sum in another order.
        for (var row = 0; row < scores.Length; row++)
            Assert.Equal(expected[row], scores[row], 1e-5 * Math.Max(1, Math.Abs(expected[row])));
    }

    private static byte[] Golden(string name, Func<byte[]> make)
    {
        var path = PathOf(name);
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("ANOMALY_WRITE_GOLDEN") == "1")
            File.WriteAllBytes(path, make());

        Assert.True(File.Exists(path), $"{path} is missing. Make it with ANOMALY_WRITE_GOLDEN=1 and --filter GoldenModel, and commit it.");
        return File.ReadAllBytes(path);
    }

    private static byte[] Make(string name, object? options)
    {
        var descriptor = DetectorCatalog.Get(name);
        var rows = Rows();
        var model = descriptor.Create(options).Fit(
            descriptor.Labels == LabelUse.Ignored ? rows.Features : rows, new FitSettings(1), default);
        var file = new ModelFileWriter();
        model.Write(file.Section("detector"));
        return Recorded(file, rows.Features, model.Score);
    }

    /// <summary>Every step of a preparation: logarithms, cut tails, scales, a clip, categories, columns left out, and a projection.</summary>
    private static byte[] MakeWhole()
    {
        var rows = Rows();
        for (var row = 0; row < rows.RowCount; row++)
            (rows.Features.Row(row)[0], rows.Features.Row(row)[4]) = (row * 100, row % 3);

        var options = new PreparationOptions { LogAbove = 1000, WinsorizeShare = 0.05, ClipAt = 8, KeepColumns = 5, Components = 3 };
        ColumnKind[] kinds = [.. Enumerable.Range(0, Columns).Select(column => column == 4 ? ColumnKind.Categorical : ColumnKind.Numeric)];
        var detector = new PreparedDetector(new Mahalanobis(new MahalanobisOptions()), options, kinds);
        var model = ScoringModel.Fit(
            Some.Schema(Columns), detector, rows, rows.Features, threshold: 60, new FitSettings(1), default);
        var file = new ModelFileWriter();
        model.WriteTo(file);
        return Recorded(file, rows.Features, (scored, scores) => model.Score(scored, new double[scores.Length], scores));
    }

    private static TrainingRows Rows()
    {
        var rows = Some.NormalMatrix(40, Columns);
        var labels = new RowLabel[40];
        for (var row = 0; row < 40; row++)
        {
            labels[row] = row % 4 == 0 ? RowLabel.Anomaly : RowLabel.Normal;
            if (row % 4 == 0)
                rows.Row(row)[row / 4 % Columns] += 6;
        }

        return new TrainingRows(rows, labels);
    }

    private static byte[] Recorded(ModelFileWriter file, FeatureMatrix rows, Scorer score)
    {
        // Rows it has seen, others, and values that no row should have.
        var scored = new FeatureMatrix([.. rows.AsSpan()[..(10 * Columns)], .. Some.NormalMatrix(10, Columns, seed: 2).AsSpan()], 20, Columns);
        scored.Row(17)[1] = float.NaN;
        scored.Row(18)[2] = float.PositiveInfinity;
        scored.Row(19)[3] = float.NegativeInfinity;
        var scores = new float[20];
        score(scored, scores);

        file.Section("rows").WriteArray<float>(scored.AsSpan());
        file.Section("scores").WriteArray<float>(scores);
        return file.ToArray();
    }

    private static string FileName(string name, string variant) => variant.Length == 0 ? $"{name}.v1" : $"{name}.{variant}.v1";

    private static string PathOf(string name, [CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "golden", $"{name}.model");

    private delegate void Scorer(FeatureMatrix rows, Span<float> scores);
}
