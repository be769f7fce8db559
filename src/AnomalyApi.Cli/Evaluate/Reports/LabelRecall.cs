using AnomalyApi.Detection;

namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>How many anomalies of one label each detector found.</summary>
/// <param name="Label">As written in the file.</param>
/// <param name="Tested">Rows tested.</param>
/// <param name="IsNew">Whether no row of that label was there to learn from.</param>
/// <param name="Recall">For each detector the share that reached its 5 % threshold; NaN when it tested none.</param>
internal sealed record LabelRecall(string Label, int Tested, bool IsNew, IReadOnlyList<double> Recall)
{
    /// <summary>The labels of anomalies, the most frequent first, and all new ones together behind them; empty when anomalies have one label
    /// only. By the first seed.</summary>
    public static IReadOnlyList<LabelRecall> Of(EvaluationOutcome outcome)
    {
        var table = outcome.Table;
        var first = outcome.Detectors[0].Results[0];
        var tested = first.TestRows.Where(row => table.Labels[row] == RowLabel.Anomaly).GroupBy(row => table.LabelCodes[row]).ToList();
        if (tested.Count < 2)
            return [];

        // Several folds test every row, and what one tests the others learn from.
        var isTest = new bool[table.Labels.Length];
        foreach (var row in first.TestRows)
            isTest[row] = true;

        var known = Enumerable.Range(0, isTest.Length).Where(row => first.Folds > 1 || !isTest[row]).Select(row => table.LabelCodes[row]).ToHashSet();
        var recalls = tested.OrderByDescending(group => group.Count()).Select(group =>
            One(outcome, table.LabelTexts[group.Key], !known.Contains(group.Key), code => code == group.Key)).ToList();
        if (recalls.Any(recall => recall.IsNew) && !recalls.All(recall => recall.IsNew))
            recalls.Add(One(outcome, "all that were never fitted", isNew: true, code => !known.Contains(code)));

        return recalls;
    }

    private static LabelRecall One(EvaluationOutcome outcome, string label, bool isNew, Func<int, bool> hasCode)
    {
        var recalls = new List<double>();
        var tested = 0;
        foreach (var detector in outcome.Detectors)
        {
            var result = detector.Results[0];
            int found = 0, all = 0;
            for (var i = 0; i < result.TestRows.Length; i++)
            {
                var row = result.TestRows[i];
                if (outcome.Table.Labels[row] != RowLabel.Anomaly || !hasCode(outcome.Table.LabelCodes[row]))
                    continue;

                all++;
                found += result.TestScores[i] >= result.ThresholdAtFpr5 ? 1 : 0;
            }

            recalls.Add((double)found / all);
            tested = Math.Max(tested, all);
        }

        return new LabelRecall(label, tested, isNew, recalls);
    }
}
