using System.Net;
using System.Text;
using static System.FormattableString;

namespace AnomalyApi.Cli.Evaluate.Reports.Charts;

/// <summary>Draws charts as SVG elements that stand in a page; colours and fonts come from the page's style sheet.</summary>
internal sealed class SvgChart
{
    private const int Left = 48;
    private const int Right = 22;
    private const int Top = 10;
    private const int Bottom = 42;

    private readonly StringBuilder _svg = new();
    private readonly int _width;
    private readonly int _height;
    private readonly ChartAxis _x;
    private readonly ChartAxis _y;

    private SvgChart(ChartAxis x, ChartAxis y, string title, int width, int height)
    {
        (_x, _y, _width, _height) = (x, y, width, height);
        _svg.Append(Invariant($"<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">"));
        Grid();
    }

    /// <summary>Lines in one frame.</summary>
    /// <param name="guide">Ends of a dashed line to compare with; null for none.</param>
    public static string Lines(
        string title, ChartAxis x, ChartAxis y, IReadOnlyList<ChartSeries> series, ((double X, double Y) From, (double X, double Y) To)? guide)
    {
        var chart = new SvgChart(x, y, title, 440, 380);
        if (guide is { } line)
            chart._svg.Append(Invariant($"<path class=\"guide\" d=\"{chart.Path([line.From, line.To])}\"/>"));

        foreach (var one in series)
        {
            // A point alone is a line of no length, which round ends make visible.
            chart._svg.Append(Invariant(
                $"<path class=\"line {one.Classes}\" d=\"{chart.Path(one.Points)}\"><title>{WebUtility.HtmlEncode(one.Name)}</title></path>"));
        }

        return chart.End();
    }

    /// <summary>Two histograms over the same bins, one in front of the other, and thresholds.</summary>
    /// <param name="thresholds">Lines to draw, each with its text.</param>
    public static string Histogram(string title, ScoreBins bins, IReadOnlyList<(double Value, string Text)> thresholds)
    {
        var top = Math.Max(bins.Normals.Concat(bins.Anomalies).Max(), 0.01) * 1.05;
        var chart = new SvgChart(bins.Axis, new ChartAxis("share of the rows", 0, top), title, 440, 240);
        chart.Bars("normal", bins.Normals);
        chart.Bars("anomaly", bins.Anomalies);
        foreach (var (value, text) in thresholds)
        {
            // Outside the axis it would be drawn at its end, where it is not.
            if (value < bins.Axis.Low || value > bins.Axis.High)
                continue;

            chart._svg.Append(Invariant(
                $"<path class=\"threshold\" d=\"{chart.Path([(value, 0), (value, top)])}\"><title>{WebUtility.HtmlEncode(text)}</title></path>"));
        }

        return chart.End();
    }

    private void Bars(string classes, double[] shares)
    {
        // Bins are equally wide as drawn, whatever the axis.
        double width = _width - Left - Right;
        var path = new StringBuilder(Invariant($"M{Left} {Y(0):0.#}"));
        for (var bin = 0; bin < shares.Length; bin++)
            path.Append(Invariant($"V{Y(shares[bin]):0.#}H{Left + width * (bin + 1) / shares.Length:0.#}"));

        path.Append(Invariant($"V{Y(0):0.#}Z"));
        _svg.Append(Invariant($"<path class=\"bars {classes}\" d=\"{path}\"/>"));
    }

    private void Grid()
    {
        foreach (var (value, text) in _x.Marks())
        {
            _svg.Append(Invariant($"<path class=\"grid\" d=\"M{X(value):0.#} {Top}V{_height - Bottom}\"/>"));
            _svg.Append(Invariant($"<text x=\"{X(value):0.#}\" y=\"{_height - Bottom + 16}\" text-anchor=\"middle\">{text}</text>"));
        }

        foreach (var (value, text) in _y.Marks())
        {
            _svg.Append(Invariant($"<path class=\"grid\" d=\"M{Left} {Y(value):0.#}H{_width - Right}\"/>"));
            _svg.Append(Invariant($"<text x=\"{Left - 7}\" y=\"{Y(value) + 4:0.#}\" text-anchor=\"end\">{text}</text>"));
        }

        var (middleX, middleY) = ((Left + _width - Right) / 2, (Top + _height - Bottom) / 2);
        _svg.Append(Invariant($"<text class=\"axis\" x=\"{middleX}\" y=\"{_height - 6}\" text-anchor=\"middle\">{_x.Title}</text>"));
        _svg.Append(Invariant($"<text class=\"axis\" transform=\"translate(13 {middleY}) rotate(-90)\" text-anchor=\"middle\">{_y.Title}</text>"));
    }

    private string Path(IEnumerable<(double X, double Y)> points) =>
        "M" + string.Join("L", points.Select(point => Invariant($"{X(point.X):0.#} {Y(point.Y):0.#}")));

    private double X(double value) => Left + _x.At(value) * (_width - Left - Right);

    private double Y(double value) => _height - Bottom - _y.At(value) * (_height - Top - Bottom);

    private string End() => _svg.Append("</svg>").ToString();
}
