using System.Runtime.CompilerServices;
using AnomalyApi.Detection.Files;
using AnomalyApi.Testing;
using Xunit;

namespace AnomalyApi.Detection.Tests;

/// <summary>Models that the first version of each detector wrote must be read by every later one, and give the scores recorded with
/// them.</summary>
/// <remarks>
/// <c>golden/NAME.v1.model</c> is a model file with three sections: what the detector wrote, rows, and the scores it gave them. A detector
/// without a file gets one by running these tests with ANOMALY_WRITE_GOLDEN=1; a file that is there is never written over. See
/// docs/CONTRIBUTING.md.
/// </remarks>
public sealed class GoldenModelTests
{
    private const int Columns = 5;

    public static TheoryData<string> Names { get; } = new(DetectorCatalog.All.Select(detector => detector.Name));

    [Theory, MemberData(nameof(Names))]
    public void A_model_of_the_first_version_is_read_and_gives_the_scores_recorded_with_it(string name)
    {
        var path = PathOf(name);
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("ANOMALY_WRITE_GOLDEN") == "1")
            File.WriteAllBytes(path, Make(name));

        Assert.True(File.Exists(path), $"{path} is missing. Make it with ANOMALY_WRITE_GOLDEN=1 and --filter GoldenModel, and commit it.");
        var file = ModelFileReader.Open(File.ReadAllBytes(path));
        var rows = file.Section("rows").ReadArray<float>();
        var expected = file.Section("scores").ReadArray<float>();
        var section = file.Section("detector");

        var model = DetectorCatalog.Get(name).ReadModel(section);

        section.End();
        var scores = new float[expected.Length];
        model.Score(new FeatureMatrix(rows, expected.Length, Columns), scores);

        // Another processor may sum in another order.
        for (var row = 0; row < scores.Length; row++)
            Assert.Equal(expected[row], scores[row], 1e-5 * Math.Max(1, Math.Abs(expected[row])));
    }

    [Fact]
    public void Each_golden_file_belongs_to_a_detector() =>
        Assert.All(
            Directory.GetFiles(Path.GetDirectoryName(PathOf(""))!, "*.v1.model"),
            path => Assert.Contains(Path.GetFileName(path)[..^".v1.model".Length], DetectorCatalog.All.Select(detector => detector.Name)));

    private static byte[] Make(string name)
    {
        var descriptor = DetectorCatalog.Get(name);
        var rows = Some.NormalMatrix(40, Columns);
        var labels = new RowLabel[40];
        for (var row = 0; row < 40; row++)
        {
            labels[row] = row % 4 == 0 ? RowLabel.Anomaly : RowLabel.Normal;
            if (row % 4 == 0)
                rows.Row(row)[row / 4 % Columns] += 6;
        }

        var model = descriptor.Create(null).Fit(
            descriptor.Labels == LabelUse.Ignored ? rows : new TrainingRows(rows, labels), new FitSettings(1), default);

        // Rows it has seen, others, and values that no row should have.
        var scored = new FeatureMatrix([.. rows.AsSpan()[..(10 * Columns)], .. Some.NormalMatrix(10, Columns, seed: 2).AsSpan()], 20, Columns);
        scored.Row(17)[1] = float.NaN;
        scored.Row(18)[2] = float.PositiveInfinity;
        scored.Row(19)[3] = float.NegativeInfinity;
        var scores = new float[20];
        model.Score(scored, scores);

        var file = new ModelFileWriter();
        model.Write(file.Section("detector"));
        file.Section("rows").WriteArray<float>(scored.AsSpan());
        file.Section("scores").WriteArray<float>(scores);
        return file.ToArray();
    }

    private static string PathOf(string name, [CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "golden", $"{name}.v1.model");
}
