namespace AnomalyApi.Cli.Tests;

public sealed class AnomalyCommandTests
{
    [Fact]
    public async Task Help_is_no_fault()
    {
        var run = await CommandRun.Of("--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("detectors", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task What_is_no_command_is_refused_in_one_line()
    {
        (await CommandRun.Of()).IsRefused("Required command was not provided.");
        (await CommandRun.Of("detect")).IsRefused("'detect'");
        (await CommandRun.Of("detectors", "--xml")).IsRefused("'--xml'");
    }
}
