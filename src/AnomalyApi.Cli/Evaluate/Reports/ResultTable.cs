using Spectre.Console;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>The table in the terminal.</summary>
internal static class ResultTable
{
    public static Table Of(EvaluationOutcome outcome)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("detector").NoWrap());
        foreach (var figure in Figure.All)
            table.AddColumn(new TableColumn(Markup.Escape(figure.Title)).RightAligned().NoWrap());

        foreach (var detector in outcome.Detectors)
            table.AddRow([detector.Detector.Name, .. Figure.All.Select(figure => Cell(figure, detector, outcome.Detectors))]);

        return table;
    }

    private static string Cell(Figure figure, DetectorOutcome detector, IReadOnlyList<DetectorOutcome> among)
    {
        var text = Markup.Escape(figure.MeanText(detector));
        var cell = figure.IsBest(detector, among) ? $"[green]{text}[/]" : text;

        // On a line of its own: thirteen columns with deviations beside their means are wider than any window.
        return figure.DeviationText(detector) is { } deviation ? $"{cell}\n[grey]±{Markup.Escape(deviation)}[/]" : cell;
    }
}
