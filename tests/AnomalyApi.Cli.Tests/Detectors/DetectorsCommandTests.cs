using System.Text.Json;
using AnomalyApi.Detection;

namespace AnomalyApi.Cli.Tests.Detectors;

public sealed class DetectorsCommandTests
{
    [Fact]
    public async Task The_table_names_every_detector_with_its_options()
    {
        var run = await CommandRun.Of("detectors");

        Assert.Equal(0, run.ExitCode);
        Assert.All(DetectorCatalog.All, detector => Assert.Contains($" {detector.Name} ", run.Output, StringComparison.Ordinal));
        Assert.Matches(@"sample_size +256 +2 to 65536, whole", run.Output);
    }

    [Fact]
    public async Task The_json_gives_options_with_default_and_range()
    {
        var run = await CommandRun.Of("detectors", "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(DetectorCatalog.All.Select(detector => detector.Name), json.RootElement.EnumerateArray().Select(detector => detector.GetProperty("name").GetString()));
        var forest = json.RootElement.EnumerateArray().Single(detector => detector.GetProperty("name").GetString() == "isolation-forest");
        var trees = forest.GetProperty("options").EnumerateArray().Single(option => option.GetProperty("name").GetString() == "trees");
        Assert.Equal(100, trees.GetProperty("default").GetInt32());
        Assert.Equal(1, trees.GetProperty("minimum").GetInt32());
        Assert.Equal(1000, trees.GetProperty("maximum").GetInt32());
    }
}
