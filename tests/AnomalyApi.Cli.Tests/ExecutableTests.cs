using System.Diagnostics;
using AnomalyApi.Cli.Tests.Evaluate;

namespace AnomalyApi.Cli.Tests;

/// <summary>The command as it is started from a shell.</summary>
public sealed class ExecutableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Results_go_to_the_output_and_no_progress_is_drawn_when_it_is_redirected()
    {
        var data = _folder.Write("data.csv", SomeTable.Header + SomeTable.Rows());

        var (code, output, error) = await Run(null, "evaluate", "--data", data, "--label", "label", "--detector", "isolation-forest");

        Assert.Equal(0, code);
        Assert.Contains("isolation-forest", output, StringComparison.Ordinal);
        Assert.Contains("us/row", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
        Assert.Empty(error);
    }

    [Fact]
    public async Task A_bad_file_is_one_line_and_exit_code_2()
    {
        var (code, output, error) = await Run(null, "evaluate", "--data", "missing.csv", "--label", "label", "--detector", "isolation-forest");

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Equal("anomaly: There is no file 'missing.csv'.\n", error);
    }

    [Fact]
    public async Task Ctrl_c_ends_it_with_130()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to send to one process.");
        var data = _folder.Write("data.csv", SomeTable.Header + SomeTable.Rows(20_000));

        // Far more seeds than anybody waits for.
        var (code, output, error) = await Run(
            process => Process.Start("kill", ["-INT", $"{process.Id}"]).WaitForExit(),
            "evaluate", "--data", data, "--label", "label", "--detector", "isolation-forest", "--seeds", "1000");

        Assert.Equal(130, code);
        Assert.Empty(output);
        Assert.Equal("anomaly: cancelled\n", error);
    }

    private static async Task<(int Code, string Output, string Error)> Run(Action<Process>? meanwhile, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "anomaly.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());

        if (meanwhile is not null)
        {
            // Starting takes a part of it; what comes after is work.
            while (!process.HasExited && process.TotalProcessorTime < TimeSpan.FromSeconds(1))
                await Task.Delay(20);

            meanwhile(process);
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
