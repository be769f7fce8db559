using System.CommandLine;
using System.CommandLine.Invocation;
using AnomalyApi.Cli.Detectors;
using AnomalyApi.Cli.Evaluate;
using AnomalyApi.Cli.Replay;
using AnomalyApi.Cli.Simulate;

namespace AnomalyApi.Cli;

/// <summary>The command <c>anomaly</c>. To add a command, add its folder and its line here.</summary>
internal static class AnomalyCommand
{
    public const int Succeeded = 0;
    public const int Failed = 1;
    public const int Refused = 2;
    public const int Cancelled = 130;

    // A fit looks at its token every 200 ms; a command that takes longer to stop is ended all the same.
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(5);

    // '@' names the file that holds a key, not one with more arguments.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    public static RootCommand Create(Terminal terminal) => new("Compares detectors of network anomalies, and makes traffic to try the service with.")
    {
        new DetectorsCommand(terminal),
        new EvaluateCommand(terminal),
        new SimulateCommand(terminal),
        new ReplayCommand(terminal),
    };

    /// <summary>Runs a command line.</summary>
    /// <returns>0 when it did what it was asked; 2 when the user has something to put right, which is told in one line; 130 when it
    /// was cancelled; 1 for a fault of our own.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken ct = default)
    {
        var parsed = Create(terminal).Parse(arguments, Parsing);
        if (parsed.Action is ParseErrorAction)
            return Refuse(terminal, string.Join(" ", parsed.Errors.Select(error => error.Message).Distinct()));

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = TimeToStop,
                },
                ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("anomaly: cancelled").ConfigureAwait(false);
            return Cancelled;
        }
        catch (CommandException fault)
        {
            return Refuse(terminal, fault.Message);
        }
        catch (IOException fault)
        {
            // Files that are read or written are answered for where they are opened; what is left is an output that takes no more.
            return Refuse(terminal, $"The output cannot be written: {fault.Message}");
        }
        catch (OutOfMemoryException)
        {
            return Refuse(terminal, "There is not enough memory for so much data; take less with --max-rows or --drop.");
        }
        catch (Exception fault)
        {
            await terminal.Error.WriteLineAsync($"anomaly: a fault of the program, please report it: {fault.GetType().Name}: {OneLine(fault.Message)}").ConfigureAwait(false);
            return Failed;
        }
    }

    private static int Refuse(Terminal terminal, string message)
    {
        terminal.Error.WriteLine($"anomaly: {OneLine(message)}");
        return Refused;
    }

    private static string OneLine(string text) => string.Join(" ", text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
