using AnomalyApi.Cli.Detectors;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Detectors;

namespace AnomalyApi.Cli.Tests.Detectors;

public sealed class DetectorSettingsTests
{
    private static readonly IReadOnlyList<DetectorDescriptor> Forest = DetectorSettings.Find(["isolation-forest"]);

    [Theory]
    [InlineData("sample_size=64")]
    [InlineData("sample-size=64")]
    [InlineData("SampleSize=64")]
    [InlineData("isolation-forest.sample_size = 64")]
    public void An_option_is_set_however_it_is_spelled(string setting) =>
        Assert.Equal(new IsolationForestOptions { SampleSize = 64 }, Assert.Single(DetectorSettings.Apply(Forest, [setting])));

    [Theory]
    [InlineData("trees", "write option=value")]
    [InlineData("=3", "write option=value")]
    [InlineData("trees=0", "'trees' of isolation-forest cannot be '0'; allowed: 1 to 1000, whole")]
    [InlineData("trees=many", "'trees' of isolation-forest cannot be 'many'; allowed: 1 to 1000, whole")]
    [InlineData("trees=99999999999", "allowed: 1 to 1000, whole")]
    [InlineData("leaves=3", "there is no option 'leaves'. isolation-forest has trees (1 to 1000, whole), sample_size (2 to 65536, whole)")]
    [InlineData("k-means.trees=3", "'k-means' is not among the detectors to evaluate: isolation-forest")]
    public void A_setting_that_is_none_is_refused_with_what_is_allowed(string setting, string words) =>
        Assert.Contains(words, Fault(setting), StringComparison.Ordinal);

    [Fact]
    public void A_choice_goes_by_its_name_and_not_by_a_number()
    {
        var pca = DetectorSettings.Find(["pca"]);

        Assert.Equal(new PcaOptions { Score = PcaScore.Reconstruction }, Assert.Single(DetectorSettings.Apply(pca, ["score=reconstruction"])));
        var fault = Assert.Throws<CommandException>(() => DetectorSettings.Apply(pca, ["score=1"]));
        Assert.Contains("'score' of pca cannot be '1'; allowed: whitened", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_go_together_are_refused()
    {
        var fault = Assert.Throws<CommandException>(() => DetectorSettings.Apply(Forest, ["trees=1000", "sample_size=65536"]));
        Assert.StartsWith("isolation-forest: Trees x SampleSize is 65536000", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_stands_for_the_catalog_and_a_wrong_name_is_refused_with_the_right_ones()
    {
        Assert.Equal(DetectorCatalog.All, DetectorSettings.Find(["isolation-forest", "all"]).OrderBy(detector => detector.Name, StringComparer.Ordinal));
        var fault = Assert.Throws<CommandException>(() => DetectorSettings.Find(["isolaton-forest"]));
        Assert.StartsWith("'isolaton-forest' is not one of: ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", fault.Message, StringComparison.Ordinal);
    }

    private static string Fault(string setting) => Assert.Throws<CommandException>(() => DetectorSettings.Apply(Forest, [setting])).Message;
}
