using System.CommandLine;
using AnomalyApi.Cli.Detectors;
using AnomalyApi.Cli.Evaluate.Reports;
using AnomalyApi.Detection.Evaluation;
using AnomalyApi.Detection.Preprocessing;
using AnomalyApi.Detection.Sampling;
using AnomalyApi.Detection.Tuning;

namespace AnomalyApi.Cli.Evaluate;

/// <summary>The options of <c>anomaly evaluate</c>, in the order help lists them.</summary>
internal sealed class EvaluateArguments
{
    private readonly Option<string> _data = new("--data") { Description = "Labelled CSV file, plain or gzipped.", HelpName = "FILE", Required = true };
    private readonly Option<string?> _test = new("--test") { Description = "Another file whose rows are tested; all of --data is then for fitting.", HelpName = "FILE" };
    private readonly Option<string[]> _columns = Names("--columns", "Names of all columns, of a file without a header.", "NAME,...");
    private readonly Option<string> _label = new("--label") { Description = "Column with the answers, by name or number (0 is the first, -1 the last).", HelpName = "COLUMN", Required = true };
    private readonly Option<string[]> _normal = Texts("--normal", "Label that means normal, in any case; may be repeated. Otherwise 0, normal, normal. and benign do.", "VALUE");
    private readonly Option<string[]> _drop = Names("--drop", "Columns to leave out.", "COLUMN,...");
    private readonly Option<string[]> _categorical = Names("--categorical", "Columns of numbers that are names, ports for example.", "COLUMN,...");
    private readonly Option<string[]> _detector = Names("--detector", "Detectors to compare, as 'anomaly detectors' lists them, or all.", "NAME,...", isRequired: true);
    private readonly Option<string[]> _set = Texts("--set", "Option of the detectors that have it, or of one: detector.option=value. May be repeated.", "OPTION=VALUE");
    private readonly Option<string> _fitOn = Choice<FitOn>("--fit-on", "Rows for detectors that need no labels.", "normal");
    private readonly Option<string> _split = Choice<SplitKind>("--split", "How rows to test are chosen.", "holdout", nameof(SplitKind.File));
    private readonly Option<double> _testShare = Number("--test-share", "Share of the rows that holdout, time and group test.", "SHARE", 0.3);
    private readonly Option<int> _folds = Number("--folds", "Parts of kfold.", "K", 5);
    private readonly Option<string?> _time = new("--time") { Description = "Column with the time, for --split time; never a feature.", HelpName = "COLUMN" };
    private readonly Option<string?> _group = new("--group") { Description = "Column with the host or another group, for --split group; never a feature.", HelpName = "COLUMN" };
    private readonly Option<string> _prepare = Choice<PreparationKind>("--prepare", "What is done to numbers first.", "default");
    private readonly Option<string> _encode = Choice<CategoryEncoding>("--encode", "What becomes of categories.", "onehot");
    private readonly Option<string> _resample = Choice<ResamplingMethod>("--resample", "What is done about rare labels, for detectors that need labels.", "none");
    private readonly Option<double> _trim = Number("--trim", "Share of the fitting rows to leave out as most anomalous, for detectors fitted without labels.", "SHARE", 0.0);
    private readonly Option<int?> _maxRows = new("--max-rows") { Description = "Rows of each file at most, drawn at random; all otherwise.", HelpName = "N" };
    private readonly Option<string?> _search = new("--search") { Description = "Choose options by trying them on the fitting rows: grid or random.", HelpName = "grid|random" };
    private readonly Option<int> _trials = Number("--trials", "Different options to try.", "N", 20);
    private readonly Option<int> _seed = Number("--seed", "Seed of everything random.", "N", 1);
    private readonly Option<int> _seeds = Number("--seeds", "Seeds to repeat everything with, counting up from --seed.", "K", 1);
    private readonly Option<int> _threads = Number("--threads", "Threads to fit with; results are the same for any number.", "N", Environment.ProcessorCount);
    private readonly Option<string[]> _out = Texts("--out", "Report to write, by its ending: .html, .json or .md. May be repeated.", "FILE");

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _data, _test, _columns, _label, _normal, _drop, _categorical, _detector, _set, _fitOn, _split, _testShare, _folds, _time, _group, _prepare, _encode,
            _resample, _trim, _maxRows, _search, _trials, _seed, _seeds, _threads, _out,
        ];
        foreach (var option in all)
            command.Add(option);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">A value is not allowed, or two options do not go together.</exception>
    public EvaluateRequest Read(ParseResult parsed)
    {
        var names = List(parsed, _detector);
        var detectors = DetectorSettings.Find(names);
        var search = parsed.GetValue(_search) is { } method ? Parse<SearchMethod>("--search", method) : (SearchMethod?)null;
        var columns = List(parsed, _columns);
        var request = new EvaluateRequest
        {
            CommandLine = "anomaly " + string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value))),
            Data = parsed.GetRequiredValue(_data),
            Test = parsed.GetValue(_test),
            Columns = columns.Count == 0 ? null : columns,
            Label = parsed.GetRequiredValue(_label),
            Normal = parsed.GetValue(_normal) ?? [],
            Drop = List(parsed, _drop),
            Categorical = List(parsed, _categorical),
            Detectors = detectors,
            Options = DetectorSettings.Apply(detectors, parsed.GetValue(_set) ?? []),
            IsWholeCatalog = names.Contains(DetectorSettings.All, StringComparer.OrdinalIgnoreCase),
            FitOn = Parse<FitOn>("--fit-on", parsed.GetValue(_fitOn)!),
            Split = parsed.GetValue(_test) is null ? Parse<SplitKind>("--split", parsed.GetValue(_split)!) : SplitKind.File,
            TestShare = parsed.GetValue(_testShare),
            Folds = InRange("--folds", parsed.GetValue(_folds), 2, 1000),
            Time = parsed.GetValue(_time),
            Group = parsed.GetValue(_group),
            Prepare = Parse<PreparationKind>("--prepare", parsed.GetValue(_prepare)!),
            Encode = Parse<CategoryEncoding>("--encode", parsed.GetValue(_encode)!),
            Resample = Parse<ResamplingMethod>("--resample", parsed.GetValue(_resample)!),
            Trim = InRange("--trim", parsed.GetValue(_trim), 0, 0.5),
            MaxRows = InRange("--max-rows", parsed.GetValue(_maxRows) ?? int.MaxValue, 1, int.MaxValue),
            Search = search,
            Trials = InRange("--trials", parsed.GetValue(_trials), 1, 10_000),
            Seed = InRange("--seed", parsed.GetValue(_seed), 0, int.MaxValue),
            Seeds = InRange("--seeds", parsed.GetValue(_seeds), 1, 1000),
            Threads = InRange("--threads", parsed.GetValue(_threads), 1, 1024),
            Out = parsed.GetValue(_out) ?? [],
        };
        CheckTogether(parsed, request);
        return request;
    }

    private void CheckTogether(ParseResult parsed, EvaluateRequest request)
    {
        if (request.Test is not null && parsed.GetResult(_split) is { Implicit: false })
            throw new CommandException("--split divides --data, and --test says what is tested: give one of the two.");

        if (request.Split == SplitKind.Time && request.Time is null)
            throw new CommandException("--split time needs --time COLUMN.");

        if (request.Split == SplitKind.Group && request.Group is null)
            throw new CommandException("--split group needs --group COLUMN.");

        if (request.Split != SplitKind.KFold && parsed.GetResult(_folds) is { Implicit: false })
            throw new CommandException("--folds is for --split kfold.");

        if (request.Search is null && parsed.GetResult(_trials) is { Implicit: false })
            throw new CommandException("--trials is for --search grid and --search random.");

        if (request.TestShare is not (> 0 and < 1))
            throw new CommandException($"--test-share is {request.TestShare}; it must be above 0 and below 1.");

        foreach (var file in request.Out)
            ReportFiles.Check(file);
    }

    private static Option<string[]> Texts(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    private static Option<string[]> Names(string name, string description, string helpName, bool isRequired = false)
    {
        var option = Texts(name, description, helpName);
        option.Required = isRequired;
        return option;
    }

    private static Option<T> Number<T>(string name, string description, string helpName, T standard) =>
        new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => standard };

    private static Option<string> Choice<T>(string name, string description, string standard, params string[] hidden)
        where T : struct, Enum =>
        new(name) { Description = description, HelpName = string.Join('|', ChoicesOf<T>(hidden)), DefaultValueFactory = _ => standard };

    private static IEnumerable<string> ChoicesOf<T>(params string[] hidden)
        where T : struct, Enum => Enum.GetNames<T>().Except(hidden).Select(name => name.ToLowerInvariant());

    private static T Parse<T>(string option, string text)
        where T : struct, Enum
    {
        var choices = ChoicesOf<T>(nameof(SplitKind.File)).ToList();
        return choices.Contains(text.ToLowerInvariant())
            ? Enum.Parse<T>(text, ignoreCase: true)
            : throw new CommandException($"{option}: '{text}' is not one of: {string.Join(", ", choices)}.");
    }

    private static T InRange<T>(string option, T value, T low, T high)
        where T : IComparable<T> =>
        value.CompareTo(low) >= 0 && value.CompareTo(high) <= 0
            ? value
            : throw new CommandException($"{option} is {value}; allowed are {low} to {high}.");

    private static List<string> List(ParseResult parsed, Option<string[]> option) =>
        [.. (parsed.GetValue(option) ?? []).SelectMany(part => part.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    private static string Quoted(string token) =>
        token.Length > 0 && token.All(letter => char.IsLetterOrDigit(letter) || "-_./=,:+@%".Contains(letter, StringComparison.Ordinal))
            ? token
            : $"'{token.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
