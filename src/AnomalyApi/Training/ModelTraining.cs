using System.Diagnostics;
using System.Text.Json;
using AnomalyApi.Detection;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Scoring;
using AnomalyApi.Models;
using AnomalyApi.Scoring;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Training;

/// <summary>One training from the stored flows to the live model. Whatever fails or is cancelled, the live model stays as it is. Thread-safe.</summary>
internal sealed class ModelTraining(
    FlowStore flows,
    ModelStore models,
    ModelSlot slot,
    ModelActivator activator,
    TimeProvider time,
    IOptions<TrainingOptions> trainingOptions,
    IOptions<ScoringOptions> scoringOptions)
{
    /// <summary>Runs the training of <paramref name="row"/> and returns the version it made and its figures.</summary>
    /// <exception cref="InvalidOperationException">It cannot be done with the flows there are; the text says why.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<(int Version, TrainingMetrics Metrics)> RunAsync(TrainingRow row, TrainingJournal journal, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var request = JsonSerializer.Deserialize<TrainingRequest>(row.Request, TrainingQueue.Json)!;
        var errors = new Dictionary<string, string[]>();
        var plan = TrainingPlan.Of(request, trainingOptions.Value, scoringOptions.Value, errors)
            ?? throw new InvalidOperationException(string.Join(" ", errors.SelectMany(error => error.Value)));

        var to = time.GetUtcNow().UtcDateTime;
        var parent = slot.Snapshot();
        var from = plan.IsRecalibration ? await UnseenSinceAsync(parent, to - plan.Window, to, journal, cancellationToken) : to - plan.Window;
        journal.Begin("reading", 0, 0.2, $"Reading at most {plan.SampleSize} flows received since {from:u}.");
        using var sample = await flows.SampleAsync(from, to, plan.SampleSize, plan.Seed, cancellationToken);

        journal.Begin("fitting", 0.2, 0.9, Describe(plan, sample.Count, parent));
        // Computation of seconds or minutes must not sit on a thread that requests wait for.
        var result = await Task.Factory.StartNew(
            () => Fit(plan, sample, parent, journal, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        var metrics = new TrainingMetrics(
            sample.Count, result.FitRows, result.CalibrationRows, result.TrimmedRows, result.AnomalyShare, result.MedianScore,
            Stopwatch.GetElapsedTime(started).TotalSeconds);
        journal.Begin("storing", 0.9, 0.95, $"Fitted on {result.FitRows} flows, calibrated on {result.CalibrationRows}, {result.TrimmedRows} trimmed.");
        WarnIfOdd(journal, plan, result);
        var version = await StoreAsync(row, request, plan, result, metrics, from, to, plan.IsRecalibration ? parent?.Version : null, cancellationToken);

        if (plan.Activate)
        {
            journal.Begin("activating", 0.95, 1, $"Stored as version {version}; making it live.");
            // The last moment to stop: an activation cut short might be live and yet be reported as cancelled.
            cancellationToken.ThrowIfCancellationRequested();
            await activator.ActivateAsync(version, $"training {row.Id}", $"training ({row.Trigger})", CancellationToken.None);
        }

        journal.Begin("done", 1, 1, plan.Activate ? $"Version {version} is live." : $"Version {version} is stored and not live, as asked.");
        return (version, metrics);
    }

    /// <summary>
    /// Where the flows begin that the live model was not fitted on: p-values measured on its own flows come out too small. When too few have come since, the
    /// whole window is taken, and the log says so.
    /// </summary>
    private async Task<DateTime> UnseenSinceAsync(
        LiveModel? parent, DateTime windowFrom, DateTime to, TrainingJournal journal, CancellationToken cancellationToken)
    {
        var row = parent is null ? null : await models.GetAsync(parent.Version, cancellationToken);
        var fittedUntil = row is null ? windowFrom : JsonSerializer.Deserialize<ModelMetadata>(row.Metadata, TrainingQueue.Json)!.WindowTo;
        if (fittedUntil <= windowFrom)
        {
            return windowFrom;
        }

        using var unseen = await flows.SampleAsync(fittedUntil, to, FlowModelTrainer.MinimumFlows, seed: 0, cancellationToken);
        if (unseen.Count >= FlowModelTrainer.MinimumFlows)
        {
            return fittedUntil;
        }

        journal.Say($"Warning: fewer than {FlowModelTrainer.MinimumFlows} flows came since version {parent!.Version} was made, so flows it knows are used too.");
        return windowFrom;
    }

    private static string Describe(TrainingPlan plan, int count, LiveModel? parent) => plan.IsRecalibration
        ? $"Renewing the calibration of version {parent?.Version} from {count} flows."
        : $"Fitting {plan.Detector.Name} to {count} flows.";

    private FlowTrainingResult Fit(TrainingPlan plan, FlowBatch sample, LiveModel? parent, TrainingJournal journal, CancellationToken cancellationToken)
    {
        if (plan.IsRecalibration)
        {
            return parent is null
                ? throw new InvalidOperationException("There is no live model whose calibration could be renewed.")
                : FlowModelTrainer.Recalibrate(parent.Model, sample, plan.Threshold, cancellationToken);
        }

        var fit = new FitSettings(plan.Seed, trainingOptions.Value.MaxThreads, journal);
        try
        {
            return FlowModelTrainer.Train(
                sample, new FlowTrainingSettings(plan.Detector, scoringOptions.Value.Networks(), plan.Threshold, fit) { Labels = plan.Labels }, cancellationToken);
        }
        catch (ArgumentException e)
        {
            // The options were fine by themselves; the detector says what these flows lack for them.
            throw new InvalidOperationException(ErrorText.WithoutParameter(e), e);
        }
    }

    // A model that calls much of its own training data anomalous was taught by attacks, or by traffic that changed halfway.
    private static void WarnIfOdd(TrainingJournal journal, TrainingPlan plan, FlowTrainingResult result)
    {
        foreach (var warning in result.Model.Model.Warnings)
        {
            journal.Say("Warning: " + warning);
        }

        var expected = Math.Pow(10, -plan.Threshold / 10);
        if (result.AnomalyShare > Math.Max(0.02, 10 * expected))
        {
            journal.Say(
                $"Warning: the new model calls {result.AnomalyShare:P2} of these flows anomalies, where {expected:P2} of normal traffic are expected. "
                + "The window may hold attacks, or traffic that changed within it.");
        }
    }

    private async Task<int> StoreAsync(
        TrainingRow row, TrainingRequest request, TrainingPlan plan, FlowTrainingResult result, TrainingMetrics metrics, DateTime from, DateTime to,
        int? parentVersion, CancellationToken cancellationToken)
    {
        var version = await models.NextVersionAsync(cancellationToken);
        var metadata = new ModelMetadata(
            result.Model.Model.Schema.Version, plan.Threshold, plan.Seed, from, to, plan.SampleSize, request.Options);
        await models.AddAsync(
            new ModelRow
            {
                Version = version,
                Name = row.ModelName,
                Kind = row.Kind,
                Detector = result.Model.Model.DetectorName,
                CreatedAt = time.GetUtcNow().UtcDateTime,
                ParentVersion = parentVersion,
                TrainingId = row.Id,
                Metadata = JsonSerializer.Serialize(metadata, TrainingQueue.Json),
                Metrics = JsonSerializer.Serialize(metrics, TrainingQueue.Json),
                Bytes = result.Model.ToBytes(),
            },
            cancellationToken);
        return version;
    }
}
