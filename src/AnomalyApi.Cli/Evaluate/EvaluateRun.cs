using System.Diagnostics;
using AnomalyApi.Cli.Csv;
using AnomalyApi.Cli.Evaluate.Data;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Detection.Sampling;
using AnomalyApi.Detection.Tuning;

namespace AnomalyApi.Cli.Evaluate;

/// <summary>Carries out a request: reads the files, and fits and tests every detector with every seed.</summary>
internal sealed class EvaluateRun(EvaluateRequest request, EvaluationProgress progress)
{
    // One-hot columns of it; more is a name or an address, which says nothing about rows that were never seen.
    private const int MaxCategories = 1000;

    private const int Replicates = 500;

    private const int NamedColumns = 10;

    private const int CurvePoints = 400;

    private readonly List<string> _notes = [];

    /// <exception cref="CommandException">The user has something to put right.</exception>
    public EvaluationOutcome Run(CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        progress.Start("reading", 1);
        var table = Load(ct);
        _notes.AddRange(table.Notes);
        NoteWithoutResampling();

        var outcomes = new List<DetectorOutcome>();
        for (var i = 0; i < request.Detectors.Count; i++)
        {
            if (Evaluate(request.Detectors[i], request.Options[i], table, ct) is { } outcome)
                outcomes.Add(outcome);
        }

        if (outcomes.Count == 0)
            throw new CommandException($"No detector could be evaluated: {string.Join("; ", _notes)}");

        return new EvaluationOutcome(request, table, outcomes, _notes, Stopwatch.GetElapsedTime(start));
    }

    private LabelledTable Load(CancellationToken ct)
    {
        var data = CsvSurvey.Of(new CsvFile(request.Data, request.Columns), ct);
        var test = request.Test is null ? null : CsvSurvey.Of(new CsvFile(request.Test, request.Columns), ct);
        var roles = TableRoles.Assign(data, request.Label, request.Drop, request.Categorical, request.Time, request.Group);
        NoteUnknownColumns(data, test);
        var table = LabelledTable.Load(
            data, test, roles, new NormalValues(request.Normal), request.Split == SplitKind.Hash, request.MaxRows, request.Seed, ct);
        if (request.Encode == CategoryEncoding.OneHot && roles.Features.FirstOrDefault(feature => feature.Categories.Texts.Count > MaxCategories) is { } wide)
        {
            throw new CommandException(
                $"Column '{wide.Name}' has {wide.Categories.Texts.Count} categories; a column for each is too much from {MaxCategories} on. "
                + "Leave it out with --drop, or use --encode frequency.");
        }

        return table;
    }

    private void NoteUnknownColumns(CsvSurvey data, CsvSurvey? test)
    {
        string[] unknown = test is null
            ? []
            : [.. test.Columns.Select(column => column.Name).Where(name => !data.Columns.Any(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))];
        if (unknown.Length > 0)
        {
            _notes.Add(
                $"'{Path.GetFileName(request.Test)}' has columns that '{Path.GetFileName(request.Data)}' has not, and they are not used: {string.Join(", ", unknown.Take(NamedColumns))}"
                + (unknown.Length > NamedColumns ? $" and {unknown.Length - NamedColumns} more" : ""));
        }
    }

    /// <returns>Null when the data do not suit the detector and the whole catalog was asked for.</returns>
    private DetectorOutcome? Evaluate(DetectorDescriptor detector, object options, LabelledTable table, CancellationToken ct)
    {
        var results = new List<EvaluationResult>();
        try
        {
            for (var i = 0; i < request.Seeds; i++)
            {
                progress.Start(request.Seeds == 1 ? detector.Name : $"{detector.Name}, seed {i + 1} of {request.Seeds}", request.Detectors.Count * request.Seeds);
                results.Add(Evaluate(detector, options, table, (ulong)(request.Seed + (long)i), ct));
            }
        }
        catch (ArgumentException fault)
        {
            // Of the library's own words, without the parameter's name that means nothing to the user.
            var reason = $"{detector.Name}: {fault.Message.Split(" (Parameter")[0]}";
            if (!request.IsWholeCatalog)
                throw new CommandException(reason, fault);

            _notes.Add($"left out: {reason}");
            return null;
        }

        NoteWhatSaysNothing(detector, results);
        _notes.AddRange(results.SelectMany(result => result.Warnings).Distinct().Select(warning => $"{detector.Name}: {warning}"));
        return new DetectorOutcome(detector, results);
    }

    private EvaluationResult Evaluate(DetectorDescriptor detector, object options, LabelledTable table, ulong seed, CancellationToken ct)
    {
        var rows = new TrainingRows(table.Rows, table.Labels);
        var splits = SplitPlan.Of(request, table, seed);
        var settings = new EvaluationSettings
        {
            Seed = seed,
            MaxThreads = request.Threads,
            FitOn = request.FitOn,
            Preparation = request.Prepare.For(detector, request.Encode),
            Kinds = table.Kinds,
            TrimShare = detector.Labels == LabelUse.Needed ? 0 : request.Trim,
            Tuning = request.Search is { } method ? new TuningSettings { Search = method, Trials = request.Trials } : null,

            // Only a page shows intervals, and with several seeds it shows their deviation instead.
            BootstrapReplicates = request.Seeds == 1 && request.Out.Any(file => file.EndsWith(".html", StringComparison.OrdinalIgnoreCase)) ? Replicates : 0,
            CurvePoints = CurvePoints,
            Progress = progress,
        };
        detector = Resampled(detector);
        return splits.Count == 1
            ? DetectorEvaluation.Run(detector, options, rows, splits[0], settings, TimeProvider.System, ct)
            : DetectorEvaluation.CrossValidate(detector, options, rows, splits, settings, TimeProvider.System, ct);
    }

    // Rows are resampled after they were prepared, inside the detector.
    private DetectorDescriptor Resampled(DetectorDescriptor detector) =>
        request.Resample == ResamplingMethod.None || !IsResampled(detector)
            ? detector
            : detector with { Create = options => new ResampledDetector(detector.Create(options), new ResamplingOptions { Method = request.Resample }) };

    private void NoteWhatSaysNothing(DetectorDescriptor detector, List<EvaluationResult> results)
    {
        if (results.Exists(result => double.IsNaN(result.RocAuc)))
            _notes.Add($"{detector.Name}: the tested rows all have one label, so most figures are not defined.");

        if (results.Exists(result => result.TestScores.Length > 1 && result.TestScores.Distinct().Count() == 1))
            _notes.Add($"{detector.Name}: every tested row got the same score; it learned nothing from these rows with these options.");

        if (detector.Labels == LabelUse.Welcome && request.FitOn == FitOn.Normal)
            _notes.Add($"{detector.Name}: fitted on normal rows alone; --fit-on all lets it learn from the labels too.");
    }

    private void NoteWithoutResampling()
    {
        string[] without = [.. request.Detectors.Where(detector => !IsResampled(detector)).Select(detector => detector.Name)];
        if (request.Resample != ResamplingMethod.None && without.Length > 0)
            _notes.Add($"--resample has no effect on {string.Join(", ", without)}: it is for detectors that need labels.");
    }

    // One fitted without labels has none to balance.
    private static bool IsResampled(DetectorDescriptor detector) => detector.Labels == LabelUse.Needed;
}
