namespace AnomalyApi.Cli.Tests;

/// <summary>What a command line gave when it was run in this process.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of the error output.</summary>
    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<CommandRun> Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await AnomalyCommand.RunAsync(arguments, new Terminal(output, error, ShowsProgress: false), TestContext.Current.CancellationToken);
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Asserts that the command was refused with one line that says what to put right.</summary>
    public void IsRefused(params string[] words)
    {
        Assert.Equal(2, ExitCode);
        Assert.Empty(Output);
        var line = Assert.Single(ErrorLines);
        Assert.StartsWith("anomaly: ", line, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }
}
