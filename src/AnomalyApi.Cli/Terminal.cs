using Spectre.Console;

namespace AnomalyApi.Cli;

/// <summary>Where a command writes.</summary>
/// <param name="Output">Receives results.</param>
/// <param name="Error">Receives what went wrong, what should be known, and progress.</param>
/// <param name="ShowsProgress">Whether somebody watches: neither output is redirected.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, bool ShowsProgress)
{
    // Wide enough for every table: text that goes to a file must not be cut to fit a window that is not there.
    private const int WidthOfFile = 240;

    /// <summary>Takes results that are bytes; null for the process's output.</summary>
    public Stream? RawOutput { get; init; }

    public static Terminal OfProcess() => new(Console.Out, Console.Error, !Console.IsOutputRedirected && !Console.IsErrorRedirected);

    /// <summary>Characters that a line of results may have.</summary>
    public int Width => Ansi(Output, Console.IsOutputRedirected).Profile.Width;

    /// <summary>Writes a table or a text with markup; plain when the output is redirected.</summary>
    public void Write(Spectre.Console.Rendering.IRenderable content) => Ansi(Output, Console.IsOutputRedirected).Write(content);

    /// <summary>The output for results that are bytes.</summary>
    public Stream OpenOutput() => RawOutput ?? Console.OpenStandardOutput();

    /// <summary>A console on the error output, for progress.</summary>
    public IAnsiConsole ErrorConsole() => Ansi(Error, Console.IsErrorRedirected);

    private IAnsiConsole Ansi(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ShowsProgress ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = ShowsProgress ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!ShowsProgress || isRedirected)
            console.Profile.Width = WidthOfFile;

        return console;
    }
}
