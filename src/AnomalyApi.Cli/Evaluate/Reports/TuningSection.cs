using System.Net;
using System.Text;
using AnomalyApi.Cli.Detectors;
using AnomalyApi.Detection.Tuning;
using static System.FormattableString;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>What a search for options tried, detector by detector.</summary>
internal sealed class TuningSection(EvaluationOutcome outcome)
{
    public void AddTo(StringBuilder page)
    {
        if (outcome.Detectors.All(detector => detector.Results[0].Tuning is null))
            return;

        page.Append("<h2>Search for options</h2>");
        foreach (var detector in outcome.Detectors)
        {
            if (detector.Results[0].Tuning is { } tuning)
                Add(page, detector.Detector.Name, tuning);
        }

        page.Append("<p class=\"small\">Scores are on validation rows, the best options first. A search starts all options on a part of the rows and goes on with the better third.</p>");
    }

    private static void Add(StringBuilder page, string name, TuningResult tuning)
    {
        var trials = tuning.Trials.OrderByDescending(trial => trial.Budget).ThenByDescending(trial => trial.Failure is null ? trial.Score : double.NegativeInfinity);
        page.Append(Invariant($"<details><summary>{WebUtility.HtmlEncode(name)}: {tuning.Trials.Count} fits, by {(tuning.Metric == TuningMetric.RocAuc ? "ROC-AUC" : "PR-AUC")}</summary>"));
        page.Append("<div class=\"card scroll\"><table><thead><tr><th>options</th><th>rows fitted</th><th>score</th><th>seconds</th></tr></thead><tbody>");
        foreach (var trial in trials)
        {
            var options = string.Join(", ", trial.Values.Select(value => $"{value.Key}={DetectorOption.ValueText(value.Value)}"));
            var score = trial.Failure is { } failure ? WebUtility.HtmlEncode(failure) : Invariant($"{trial.Score:0.0000}");
            page.Append(Invariant($"<tr><td>{WebUtility.HtmlEncode(options)}</td><td>{trial.RowsFit:#,0}</td><td>{score}</td><td>{trial.Seconds:0.00}</td></tr>"));
        }

        page.Append("</tbody></table></div></details>");
    }
}
