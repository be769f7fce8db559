using AnomalyApi.Detection;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Flows.Features;

namespace AnomalyApi.Flows.Scoring;

/// <summary>Makes scoring models of flows. Pure computation: the same flows and settings give the same model. Thread-safe.</summary>
public static class FlowModelTrainer
{
    /// <summary>Fewest flows that a model can be made of.</summary>
    public const int MinimumFlows = 100;

    /// <summary>Fits on the earlier flows and calibrates on the later ones, so that the p-values come from flows the fit has not seen.</summary>
    /// <param name="flows">In order of arrival, with the scores they got at the time (NaN for none). Not changed. Flows labelled as anomalies
    /// (<see cref="FlowLabels"/>) are neither learned from as normal nor calibrated on; detectors that use labels are fitted on them too.</param>
    /// <exception cref="InvalidOperationException">Too few flows remain after trimming, or the detector needs labels and there are none of one kind.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static FlowTrainingResult Train(FlowBatch flows, FlowTrainingSettings settings, CancellationToken cancellationToken)
    {
        var split = (int)(flows.Count * settings.FitShare);
        var labels = Array.ConvertAll(flows.Label.ToArray(), FlowLabels.Meaning);
        var typicalRows = Correct(TrainingTrim.ForFit(flows.Score[..split], settings.Threshold), 0, split, labels);
        var calibrationRows = Correct(Shift(TrainingTrim.ForCalibration(flows.Score[split..], settings.Threshold), split), split, flows.Count, labels);
        RequireEnough(flows.Count, typicalRows.Length, calibrationRows.Length);

        // Known anomalies do not calibrate, so those of the later half are fitted on too: there are never enough of them.
        int[] anomalies = settings.Labels == LabelUse.Ignored ? [] : [.. Enumerable.Range(0, flows.Count).Where(row => labels[row] == RowLabel.Anomaly)];
        int[] fitRows = [.. typicalRows, .. anomalies];
        RequireLabels(settings, typicalRows.Count(row => labels[row] == RowLabel.Normal), anomalies.Length);

        using var learned = Copy(flows, typicalRows);
        var extractor = FlowFeatureExtractor.Learn(learned, settings.LocalNetworks);
        var features = extractor.Extract(flows);
        cancellationToken.ThrowIfCancellationRequested();
        var model = ScoringModel.Fit(
            extractor.Schema, settings.Detector, new TrainingRows(features, labels).Pick(fitRows), features.Pick(calibrationRows),
            settings.Threshold, settings.Fit, cancellationToken);
        return Judge(new FlowScoringModel(extractor, model), features, fitRows.Length, calibrationRows, flows.Count - fitRows.Length - calibrationRows.Length, cancellationToken);
    }

    /// <summary>Renews the calibration of <paramref name="current"/> from newer flows; the fit and what was learned stay.</summary>
    /// <param name="flows">Not changed. Scores they got when they arrived are not looked at: where traffic has moved, too many lie above a threshold that has become
    /// wrong, and trimming those away would keep it wrong. Only flows labelled as anomalies, and attacks that stand apart from
    /// the rest, are left out.</param>
    /// <exception cref="InvalidOperationException">There are too few flows.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static FlowTrainingResult Recalibrate(FlowScoringModel current, FlowBatch flows, float threshold, CancellationToken cancellationToken)
    {
        if (flows.Count < MinimumFlows)
        {
            throw new InvalidOperationException(
                $"There are {flows.Count} flows to calibrate on, and {MinimumFlows} are needed. Widen the window or wait for more.");
        }

        var features = current.Extractor.Extract(flows);
        var labels = Array.ConvertAll(flows.Label.ToArray(), FlowLabels.Meaning);
        int[] rows = [.. Enumerable.Range(0, flows.Count).Where(row => labels[row] != RowLabel.Anomaly)];
        if (rows.Length == 0)
            throw new InvalidOperationException("Every flow in the window is labelled as an anomaly; none is left to calibrate on.");

        var model = current.Model.Recalibrate(features.Pick(rows), cancellationToken).WithThreshold(threshold);
        var result = Judge(current with { Model = model }, features, current.Model.FitRowCount, rows, trimmedRows: 0, cancellationToken);
        return result with { CalibrationRows = model.CalibrationCount, TrimmedRows = flows.Count - model.CalibrationCount };
    }

    private static FlowTrainingResult Judge(FlowScoringModel model, FeatureMatrix features, int fitRows, int[] calibrationRows, int trimmedRows, CancellationToken ct)
    {
        var pValues = new double[features.RowCount];
        var scores = new float[features.RowCount];
        model.Model.Score(features, pValues, scores, ct);
        var anomalies = scores.Count(score => score >= model.Model.Threshold);
        var calibrationScores = Array.ConvertAll(calibrationRows, row => scores[row]);
        Array.Sort(calibrationScores);
        return new FlowTrainingResult(
            model,
            fitRows,
            calibrationRows.Length,
            trimmedRows,
            calibrationScores[calibrationScores.Length / 2],
            (double)anomalies / features.RowCount);
    }

    private static void RequireEnough(int flows, int fitRows, int calibrationRows)
    {
        if (flows < MinimumFlows)
        {
            throw new InvalidOperationException($"There are {flows} flows in the window, and {MinimumFlows} are needed. Widen the window or wait for more.");
        }

        if (Math.Min(fitRows, calibrationRows) < MinimumFlows / 4)
        {
            throw new InvalidOperationException(
                $"{fitRows} flows to fit on and {calibrationRows} to calibrate on remain after trimming what an earlier model called anomalies, and "
                + $"{MinimumFlows / 4} of each are needed. When traffic has changed, renew the calibration first (kind: recalibration).");
        }
    }

    private static void RequireLabels(FlowTrainingSettings settings, int normal, int anomalies)
    {
        if (settings.Labels == LabelUse.Needed && Math.Min(normal, anomalies) == 0)
        {
            throw new InvalidOperationException(
                $"Detector {settings.Detector.Name} learns from labels: of the flows to fit on {normal} are labelled normal and {anomalies} anomalous, and 1 of each is "
                + "needed at least. Send flows with a label (such as benign and the name of an attack), or choose a detector that needs none.");
        }
    }

    private static FlowBatch Copy(FlowBatch flows, int[] rows)
    {
        var copy = FlowBatch.Rent(rows.Length);
        foreach (var row in rows)
        {
            copy.Add(flows.Record(row));
        }

        return copy;
    }

    /// <summary>What labels say stands above what an earlier model thought: the rows without those labelled as anomalies, and with all that are
    /// labelled normal from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    private static int[] Correct(int[] rows, int first, int end, RowLabel[] labels)
    {
        var kept = rows.ToHashSet();
        return [.. Enumerable.Range(first, end - first).Where(row => labels[row] == RowLabel.Normal || (labels[row] == RowLabel.Unknown && kept.Contains(row)))];
    }

    private static int[] Shift(int[] rows, int by) => Array.ConvertAll(rows, row => row + by);
}
