using System.Text;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>A table for a page of documentation, with the command that gave it.</summary>
internal static class MarkdownReport
{
    public static string Text(EvaluationOutcome outcome)
    {
        var text = new StringBuilder();
        text.Append("```bash\n").Append(outcome.Request.CommandLine).Append("\n```\n\n");
        text.Append("| detector |").Append(string.Concat(Figure.All.Select(figure => $" {figure.Title} |"))).Append('\n');
        text.Append("|---|").Append(string.Concat(Figure.All.Select(_ => "---:|"))).Append('\n');
        foreach (var detector in outcome.Detectors)
        {
            text.Append("| ").Append(detector.Detector.Name).Append(" |");
            text.Append(string.Concat(Figure.All.Select(figure => $" {figure.FullText(detector)} |"))).Append('\n');
        }

        if (outcome.Notes.Count > 0)
            text.Append('\n').Append(string.Concat(outcome.Notes.Select(note => $"* {note}\n")));

        return text.ToString();
    }
}
