using System.Globalization;
using System.Net;

namespace AnomalyApi.Tests.Platform;

/// <summary>A mistake stops the start with its name, and with nothing else.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("Ingest:MaxBodyByte", "5000", "Ingest:MaxBodyByte is not a setting. Allowed are: Ingest:MaxBodyBytes, ")]
    [InlineData("Ingest:MaxBodyBytes", "5", "Ingest:MaxBodyBytes: The field MaxBodyBytes must be between 1024 and 1073741824.")]
    [InlineData("Ingest:MaxBodyBytes", "64MB", "Ingest:MaxBodyBytes '64MB' is not a whole number from 1024 to 1073741824.")]
    [InlineData("Ingest:RetryAfter", "soon", "Ingest:RetryAfter 'soon' is not a time span (days.hours:minutes:seconds, such as 00:00:05) from 00:00:01 to 00:05:00.")]
    [InlineData("Ingset:MaxBodyBytes", "5000", "'Ingset' is not a setting. Settings begin with one of: urls, DataDirectory, ")]
    [InlineData("Storage:Provider", "mysql", "Storage:Provider 'mysql' is not one of: sqlite, postgres.")]
    [InlineData("Storage:Providr", "sqlite", "Storage:Providr is not a setting. Allowed are: Storage:Provider, Storage:ConnectionString, Storage:CommandTimeout.")]
    [InlineData("Storage:CommandTimeout", "01:00:00", "Storage:CommandTimeout: The field CommandTimeout must be between 00:00:01 and 00:10:00.")]
    [InlineData("Training:Detector", "isolaton-forest", "Training:Detector: 'isolaton-forest' is not one of: autoencoder, bagging, ")]
    [InlineData("Training:DefaultSchedule", "every day", "Training:DefaultSchedule: ")]
    [InlineData("Scoring:Threshold", "high", "Scoring:Threshold 'high' is not a number from 10 to 100.")]
    [InlineData("Scoring:SeverityHigh", "90", "Scoring: The severities must rise: SeverityLow <= SeverityMedium <= SeverityHigh <= SeverityCritical.")]
    [InlineData("Scoring:LocalNetworks:0", "10.0.0.0/99", "Scoring: LocalNetworks: ")]
    [InlineData("Security:MetricsNeedKey", "yes", "Security:MetricsNeedKey 'yes' is not true or false.")]
    [InlineData("Retention:Models", "1", "Retention:Models: The field Models must be between 2 and 1000.")]
    [InlineData("Logs:Format", "xml", "Logs:Format: Logs:Format must be one of: text, json.")]
    [InlineData("Logs:Level", "Loud", "Logs:Level: Logs:Level must be one of: Verbose, Debug, Information, Warning, Error, Fatal.")]
    [InlineData("Demo", "perhaps", "Demo 'perhaps' is not true or false.")]
    [InlineData("DataDirectory", "/dev/null/data", "DataDirectory '/dev/null/data' cannot be used (")]
    public async Task A_setting_that_is_not_allowed_stops_the_start(string key, string value, string reason)
    {
        var (exitCode, text) = await ServiceProcess.FailAsync([$"--{key}", value]);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("AnomalyApi does not start: " + reason, text.Trim(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.Single(text.Trim().Split('\n'));
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        var (exitCode, text) = await ServiceProcess.FailAsync(["--Ingest:MaxBodyBytes", "1", "--Ingest:MaxQueuedFlows", "2"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("Ingest:MaxBodyBytes: ", text, StringComparison.Ordinal);
        Assert.Contains("Ingest:MaxQueuedFlows: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_typo_in_the_environment_stops_the_start_too()
    {
        var (exitCode, text) = await ServiceProcess.FailAsync([], ("ANOMALY_Ingest__MaxBodyByte", "5000"));
        Assert.Equal(1, exitCode);
        Assert.StartsWith("AnomalyApi does not start: Ingest:MaxBodyByte is not a setting.", text.Trim(), StringComparison.Ordinal);
        (exitCode, text) = await ServiceProcess.FailAsync([], ("ANOMALY_Trainign__Window", "1.00:00:00"));
        Assert.Equal(1, exitCode);
        Assert.StartsWith("AnomalyApi does not start: 'Trainign' is not a setting.", text.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_is_heard_above_the_environment_and_the_environment_above_the_file()
    {
        var folder = ServiceProcess.NewFolder();
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "appsettings.json"),
            """{"Ingest":{"MaxBodyBytes":4000,"RetryAfter":"00:00:09"},"Security":{"MetricsNeedKey":true}}""",
            TestContext.Current.CancellationToken);
        await using var service = await ServiceProcess.StartAsync(
            ["--Ingest:MaxBodyBytes", "2000"], folder, hasKey: true, ("ANOMALY_Ingest__MaxBodyBytes", "3000"), ("ANOMALY_Security__MetricsNeedKey", "false"));
        using var large = await TestService.SendFlowsAsync(service.Admin, SomeBodies.Lines(Enumerable.Repeat(SomeBodies.Flow, 22)));
        Assert.Contains("2000 bytes", await TestService.ProblemAsync(large, HttpStatusCode.RequestEntityTooLarge, "body-too-large"), StringComparison.Ordinal);
        using var nobody = new HttpClient { BaseAddress = service.Admin.BaseAddress };
        using var metrics = await nobody.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
    }

    [Fact]
    public void Every_range_and_default_in_the_words_of_an_option_is_the_one_in_force() => Assert.All(OptionWords.All(), words => words.Check());

    [Theory]
    [InlineData("64 MiB", 64 * 1024 * 1024)]
    [InlineData("1,024", 1024)]
    [InlineData("100 ms", 0.1)]
    [InlineData("5 min", 300)]
    [InlineData("10 years", 3653 * 86400d)]
    public void Quantities_are_read_as_people_write_them(string text, double value) =>
        Assert.InRange(OptionWords.Quantity(text) / value, 0.999, 1.001);

    [Fact]
    public void Every_section_has_options_that_are_read_here() =>
        Assert.Equal(
            ["CaptureOptions", "DuplicateOptions", "IngestOptions", "LogOptions", "NetFlowCollectorOptions", "RetentionOptions", "ScoringOptions", "SecurityOptions", "StorageSettings", "TrainingOptions"],
            OptionWords.Types.Select(type => type.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Numbers_do_not_depend_on_the_language_of_the_machine() => Assert.Equal(CultureInfo.InvariantCulture.NumberFormat.NumberDecimalSeparator, CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator);
}
