using Spectre.Console;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>The table in the terminal.</summary>
internal static class ResultTable
{
    // Blanks around a column's text.
    private const int Padding = 3;

    // What a narrow window goes without, the first to go first. The reports have all of them.
    private static readonly string[] Dispensable = ["best F1", "precision", "fit s", "FPR@5", "R@5", "us/row", "FPR", "recall", "PR-AUC", "F1", "FPR@1", "R@1"];

    /// <param name="width">Characters that a line may have.</param>
    public static Table Of(EvaluationOutcome outcome, int width)
    {
        var figures = Fitting(outcome, width);
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("detector").NoWrap());
        foreach (var figure in figures)
            table.AddColumn(new TableColumn(Markup.Escape(figure.Title)).RightAligned().NoWrap());

        foreach (var detector in outcome.Detectors)
            table.AddRow([detector.Detector.Name, .. figures.Select(figure => Cell(figure, detector, outcome.Detectors))]);

        return figures.Count == Figure.All.Count ? table : table.Caption("The window is too narrow for all figures; --out writes them to a file.");
    }

    private static List<Figure> Fitting(EvaluationOutcome outcome, int width)
    {
        var figures = Figure.All.ToList();
        var names = outcome.Detectors.Max(detector => detector.Detector.Name.Length) + 2 * Padding;
        foreach (var title in Dispensable)
        {
            if (names + figures.Sum(figure => Width(figure, outcome)) <= width)
                break;

            figures.RemoveAll(figure => figure.Title == title);
        }

        return figures;
    }

    private static int Width(Figure figure, EvaluationOutcome outcome) => Padding + outcome.Detectors.Max(detector => Math.Max(
        figure.Title.Length, Math.Max(figure.MeanText(detector).Length, 1 + (figure.DeviationText(detector) ?? "").Length)));

    private static string Cell(Figure figure, DetectorOutcome detector, IReadOnlyList<DetectorOutcome> among)
    {
        var text = Markup.Escape(figure.MeanText(detector));
        var cell = figure.IsBest(detector, among) ? $"[green]{text}[/]" : text;

        // On a line of its own: thirteen columns with deviations beside their means are wider than any window.
        return figure.DeviationText(detector) is { } deviation ? $"{cell}\n[grey]±{Markup.Escape(deviation)}[/]" : cell;
    }
}
