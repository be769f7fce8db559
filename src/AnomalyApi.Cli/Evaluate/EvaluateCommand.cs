using System.CommandLine;
using AnomalyApi.Cli.Evaluate.Reports;

namespace AnomalyApi.Cli.Evaluate;

/// <summary><c>anomaly evaluate</c>: fits detectors on labelled rows and measures them on others.</summary>
internal sealed class EvaluateCommand : Command
{
    public EvaluateCommand(Terminal terminal)
        : base("evaluate", "Fits detectors on labelled rows, measures them on others, and compares them.")
    {
        var arguments = new EvaluateArguments();
        arguments.AddTo(this);
        SetAction((parsed, ct) => Task.Run(() => Run(arguments.Read(parsed), terminal, ct), ct));
    }

    private static int Run(EvaluateRequest request, Terminal terminal, CancellationToken ct)
    {
        var outcome = EvaluationProgress.Watch(terminal, progress => new EvaluateRun(request, progress).Run(ct));
        foreach (var note in outcome.Notes)
            terminal.Error.WriteLine($"note: {note}");

        terminal.Write(ResultTable.Of(outcome, terminal.Width));
        foreach (var file in request.Out)
            ReportFiles.Write(file, outcome);

        return AnomalyCommand.Succeeded;
    }
}
