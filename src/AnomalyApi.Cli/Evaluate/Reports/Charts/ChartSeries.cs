namespace AnomalyApi.Cli.Evaluate.Reports.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Name">Shown when the pointer rests on the line.</param>
/// <param name="Place">Its place among the lines, from 0: gives colour and dashes, the same in every chart.</param>
/// <param name="Points">In the order they are joined.</param>
internal sealed record ChartSeries(string Name, int Place, IReadOnlyList<(double X, double Y)> Points)
{
    private const int ColourCount = 10;

    private static readonly string[] Dashes = ["", " dash", " dots"];

    /// <summary>Classes of the style sheet.</summary>
    public string Classes => $"s{Place % ColourCount}{Dashes[Place / ColourCount % Dashes.Length]}";
}
