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

    [Fact]
    public async Task A_full_disk_is_told_in_one_line()
    {
        using var error = new StringWriter();
        var code = await AnomalyCommand.RunAsync(["detectors", "--json"], new Terminal(new FullDisk(), error, ShowsProgress: false), default);

        Assert.Equal(2, code);
        Assert.Equal("anomaly: The output cannot be written: No space left on device\n", error.ToString());
    }

    private sealed class FullDisk : TextWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device");
    }
}
