using System.Globalization;
using System.Net;
using System.Text;
using AnomalyApi.Cli.Evaluate.Reports.Charts;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Evaluation;
using static System.FormattableString;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>A page that stands alone: table, curves, histograms, and everything needed to get the same figures again.</summary>
internal sealed class HtmlReport
{
    private const int MaxLabels = 40;

    private readonly EvaluationOutcome _outcome;
    private readonly StringBuilder _page = new();

    private HtmlReport(EvaluationOutcome outcome) => _outcome = outcome;

    public static string Text(EvaluationOutcome outcome) => new HtmlReport(outcome).Page();

    private string Page()
    {
        var request = _outcome.Request;
        var title = $"{Path.GetFileName(request.Data)}: {(_outcome.Detectors.Count == 1 ? _outcome.Detectors[0].Detector.Name : $"{_outcome.Detectors.Count} detectors compared")}";
        Add($"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        Add($"<title>{Html(title)}</title><link rel=\"icon\" href=\"data:,\"><style>{Style()}</style></head><body><main>");
        Add($"<h1>{Html(title)}</h1><p class=\"lead\">{Html(SplitText.Of(request))}</p>");
        Facts();
        foreach (var note in _outcome.Notes)
            Add($"<p class=\"note\">{Html(note)}</p>");

        Results();
        Curves();
        Histograms();
        Labels();
        new TuningSection(_outcome).AddTo(_page);
        Settings();
        return _page.Append("</main></body></html>\n").ToString();
    }

    private void Facts()
    {
        var table = _outcome.Table;
        var first = _outcome.Detectors[0].Results[0];
        int normals = table.Labels.Count(label => label == RowLabel.Normal), anomalies = table.Labels.Count(label => label == RowLabel.Anomaly);
        Add($"<div class=\"facts\">");
        Fact(Count(table.Rows.RowCount), "rows");
        Fact(Count(table.Roles.Features.Count), "columns learned from");
        Fact($"{Count(normals)} / {Count(anomalies)}", "normal / anomalous");
        Fact(Count(first.RowsTest), "rows tested");
        Fact(Count(_outcome.Request.Seeds), _outcome.Request.Seeds == 1 ? "seed" : "seeds");
        Fact(Invariant($"{_outcome.Elapsed.TotalSeconds:0.0} s"), "in all");
        Add($"</div>");
    }

    private void Fact(string value, string name) => Add($"<div><b>{Html(value)}</b><span>{Html(name)}</span></div>");

    private void Results()
    {
        Add($"<h2>Results</h2><div class=\"card scroll\"><table><thead><tr><th>detector</th>");
        foreach (var figure in Figure.All)
            Add($"<th title=\"{Html(figure.Meaning)}\">{Html(figure.Title)}</th>");

        Add($"</tr></thead><tbody>");
        foreach (var (place, detector) in _outcome.Detectors.Index())
        {
            Add($"<tr><td>{Swatch(place)}{Html(detector.Detector.Name)}</td>");
            foreach (var figure in Figure.All)
            {
                var best = figure.IsBest(detector, _outcome.Detectors) ? " class=\"best\"" : "";
                var below = figure.DeviationText(detector) is { } deviation ? $"<br><small>±{deviation}</small>"
                    : figure.IntervalText(detector) is { } interval ? $"<br><small>{interval}</small>"
                    : "";
                Add($"<td{best}>{figure.MeanText(detector)}{below}</td>");
            }

            Add($"</tr>");
        }

        Add($"</tbody></table></div><p class=\"small\">Thresholds are chosen on validation rows, a fifth of the fitting rows; tested rows are used for measuring only, ");
        Add($"but for best F1. R@1 and R@5 are the recall at the thresholds that 1 % and 5 % of the normal validation rows reach; FPR@1 and FPR@5 are the false-positive ");
        Add($"rates measured there. {(_outcome.Request.Seeds > 1 ? "Mean and standard deviation over the seeds." : "Below a figure: 95 % interval by drawing the tested rows again.")}</p>");
    }

    private void Curves()
    {
        Add($"<h2>Curves</h2>{Legend()}<div class=\"charts\">");
        var roc = Series(result => result.RocCurve, figure => Invariant($"ROC-AUC {figure.RocAuc:0.0000}"));
        var labelled = _outcome.Detectors[0].Results[0].Counts;
        var share = (double)labelled.Anomalies / Math.Max(1, labelled.Anomalies + labelled.Normals);

        // The smallest rate that can be told from none, at least a hundredth of a percent.
        var least = Math.Pow(10, Math.Floor(Math.Log10(Math.Clamp(1.0 / Math.Max(1, labelled.Normals), 1e-4, 0.01))));
        Chart("ROC curve", SvgChart.Lines("ROC curve", ChartAxis.Share("false-positive rate"), ChartAxis.Share("recall"), roc, ((0, 0), (1, 1))));
        Chart("ROC curve, few false alarms", SvgChart.Lines(
            "ROC curve, few false alarms", new ChartAxis("false-positive rate, logarithmic", least, 1, IsLogarithmic: true), ChartAxis.Share("recall"), roc, null));
        Chart("Precision-recall curve", SvgChart.Lines(
            "Precision-recall curve",
            ChartAxis.Share("recall"),
            ChartAxis.Share("precision"),
            Series(result => result.PrecisionRecallCurve, figure => Invariant($"PR-AUC {figure.PrAuc:0.0000}")),
            ((0, share), (1, share))));
        Add($"</div>");
        if (_outcome.Request.Seeds > 1)
            Add($"<p class=\"small\">Curves and histograms are those of the first seed.</p>");
    }

    private void Chart(string title, string svg) => Add($"<div class=\"card\"><h3>{Html(title)}</h3>{svg}</div>");

    private List<ChartSeries> Series(Func<EvaluationResult, IReadOnlyList<CurvePoint>> curve, Func<EvaluationResult, string> figure) =>
    [
        .. _outcome.Detectors.Index().Where(detector => curve(detector.Item.Results[0]).Count > 0).Select(detector => new ChartSeries(
            $"{detector.Item.Detector.Name}, {figure(detector.Item.Results[0])}",
            detector.Index,
            [.. curve(detector.Item.Results[0]).Select(point => (point.X, point.Y))])),
    ];

    private string Legend() => "<div class=\"legend\">" + string.Concat(_outcome.Detectors.Index().Select(
        detector => $"<span>{Swatch(detector.Index)}{Html(detector.Item.Detector.Name)}</span>")) + "</div>";

    private static string Swatch(int place) =>
        $"<svg class=\"swatch\" width=\"22\" height=\"10\" aria-hidden=\"true\"><path class=\"line {new ChartSeries("", place, []).Classes}\" d=\"M2 5H20\"/></svg>";

    private void Histograms()
    {
        Add($"<h2>Scores</h2><div class=\"legend\"><span><span class=\"key normal\"></span>normal rows</span><span><span class=\"key anomaly\"></span>anomalous rows</span>");
        Add($"<span>dashed: thresholds that 5 % and 1 % of the normal validation rows reach</span></div><div class=\"charts\">");
        foreach (var detector in _outcome.Detectors)
        {
            var result = detector.Results[0];
            Chart(detector.Detector.Name, SvgChart.Histogram(
                $"Scores of {detector.Detector.Name}",
                ScoreBins.Of(result, _outcome.Table),
                [(result.ThresholdAtFpr5, "5 %"), (result.ThresholdAtFpr1, "1 %")]));
        }

        Add($"</div><p class=\"small\">The lowest and the highest half percent of the scores stand in the outermost bars.</p>");
    }

    private void Labels()
    {
        var labels = LabelRecall.Of(_outcome);
        if (labels.Count == 0)
            return;

        Add($"<h2>Recall by label</h2><div class=\"card scroll\"><table><thead><tr><th>label</th><th>rows tested</th>");
        foreach (var detector in _outcome.Detectors)
            Add($"<th>{Html(detector.Detector.Name)}</th>");

        Add($"</tr></thead><tbody>");
        foreach (var label in labels.Take(MaxLabels).Concat(labels.Skip(MaxLabels).TakeLast(1)))
        {
            Add($"<tr><td>{Html(label.Label)}{(label.IsNew ? " <small>never fitted</small>" : "")}</td><td>{Count(label.Tested)}</td>");
            foreach (var recall in label.Recall)
                Add($"<td>{(double.IsNaN(recall) ? "-" : recall.ToString("0.000", CultureInfo.InvariantCulture))}</td>");

            Add($"</tr>");
        }

        Add($"</tbody></table></div><p class=\"small\">At the threshold that 5 % of the normal validation rows reach, first seed");
        Add($"{(labels.Count > MaxLabels ? $"; the {MaxLabels} most frequent labels of {labels.Count}" : "")}.</p>");
    }

    private void Settings()
    {
        Add($"<h2>Settings</h2><div class=\"card\"><dl>");
        foreach (var (name, value) in SettingsText.Of(_outcome))
            Add($"<dt>{Html(name)}</dt><dd>{Html(value)}</dd>");

        Add($"</dl></div><h2>Command line</h2><div class=\"card\"><pre>{Html(_outcome.Request.CommandLine)}</pre></div>");
    }

    private static string Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Count(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private void Add(FormattableString markup) => _page.Append(Invariant(markup));
}
