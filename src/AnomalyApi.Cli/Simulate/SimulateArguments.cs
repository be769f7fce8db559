using System.CommandLine;
using System.Globalization;
using AnomalyApi.Cli.Sending;
using AnomalyApi.Cli.Simulate.Writers;
using AnomalyApi.Flows.Synthetic;

namespace AnomalyApi.Cli.Simulate;

/// <summary>The options of <c>anomaly simulate</c>, in the order help lists them.</summary>
internal sealed class SimulateArguments
{
    private const string Max = "max";
    private const string None = "none";
    private const string All = "all";
    private const long UsualCount = 10_000;

    private readonly Option<string> _rate = Text("--rate", "Flows a second; max for as fast as it goes.", "FLOWS_PER_SECOND|max", Max);
    private readonly Option<long?> _count = new("--count") { Description = "Flows to make; 10000 when neither this nor --duration is given.", HelpName = "N" };
    private readonly Option<string?> _duration = new("--duration") { Description = "How long the traffic lasts by its own clock: 90s, 30m, 8h, 7d.", HelpName = "TIME" };
    private readonly Option<double> _flowsPerHour = new("--flows-per-hour") { Description = "Mean flows an hour of a working day, with --rate max.", HelpName = "N", DefaultValueFactory = _ => 1200 };
    private readonly Option<string> _attacks = Text("--attacks", "Attacks to plant, in turn.", "none|all|NAME,...", All);
    private readonly Option<double> _attackShare = new("--attack-share") { Description = "Share of the flows that belong to attacks.", HelpName = "SHARE", DefaultValueFactory = _ => 0.02 };
    private readonly Option<string> _format = Text("--format", "What the flows are written as.", FlowWriterCatalog.Names, "ndjson");
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of everything random; the same seed, options and start give the same flows.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _start = new("--start") { Description = "Time of the first flow, RFC 3339. Otherwise now, with --rate max so long ago that the last is now.", HelpName = "TIME" };
    private readonly Option<string> _out = Text("--out", "File to write; - for the output.", "FILE", "-");
    private readonly Option<string?> _to = new("--to") { Description = "Service to send to, http://host:port, or collector of netflow5 and ipfix, udp://host:port.", HelpName = "URL" };
    private readonly Option<string?> _key = new("--key") { Description = "API key of the service, or @FILE that holds it.", HelpName = "KEY" };
    private readonly Option<int> _batch = new("--batch") { Description = "Flows of one request.", HelpName = "N", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _connections = new("--connections") { Description = "Requests at the same time.", HelpName = "N", DefaultValueFactory = _ => 4 };

    public void AddTo(Command command)
    {
        Option[] all = [_rate, _count, _duration, _flowsPerHour, _attacks, _attackShare, _format, _seed, _start, _out, _to, _key, _batch, _connections];
        foreach (var option in all)
            command.Add(option);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">A value is not allowed, or two options do not go together.</exception>
    public SimulateRequest Read(ParseResult parsed)
    {
        var duration = parsed.GetValue(_duration) is { } text ? DurationText.Parse("--duration", text) : (TimeSpan?)null;
        var request = new SimulateRequest
        {
            Rate = Rate(parsed.GetValue(_rate)!),
            Count = InRange("--count", parsed.GetValue(_count) ?? (duration is null ? UsualCount : long.MaxValue), 1, long.MaxValue),
            Duration = duration,
            FlowsPerHour = InRange("--flows-per-hour", parsed.GetValue(_flowsPerHour), 1, 1e9),
            Attacks = Attacks(parsed.GetValue(_attacks)!),
            AttackShare = InRange("--attack-share", parsed.GetValue(_attackShare), 0, 0.9),
            Format = Format(parsed.GetValue(_format)!),
            Seed = InRange("--seed", parsed.GetValue(_seed), 0, int.MaxValue),
            Start = parsed.GetValue(_start) is { } start ? Time(start) : null,
            Out = parsed.GetValue(_out)!,
            To = parsed.GetValue(_to),
            Key = ServiceAddress.Key(parsed.GetValue(_key)),
            Batch = InRange("--batch", parsed.GetValue(_batch), 1, 100_000),
            Connections = InRange("--connections", parsed.GetValue(_connections), 1, 64),
        };
        CheckTogether(parsed, request);
        return request;
    }

    private void CheckTogether(ParseResult parsed, SimulateRequest request)
    {
        if (request.To is not null && parsed.GetResult(_out) is { Implicit: false })
            throw new CommandException("--out writes a file, and --to sends to a service: give one of the two.");

        if (request.Rate is not null && parsed.GetResult(_flowsPerHour) is { Implicit: false })
            throw new CommandException("--flows-per-hour is for --rate max; a rate says how many flows there are.");

        if (request.To is null && request.Key is not null)
            throw new CommandException("--key is for --to.");

        var isDatagrams = FlowWriterCatalog.All.First(format => format.Name == request.Format).IsDatagrams;
        if (request.To is { } to && ServiceAddress.IsUdp(to) && !isDatagrams)
            throw new CommandException($"--to udp:// takes the formats netflow5 and ipfix, not {request.Format}.");
    }

    private static double? Rate(string text)
    {
        if (text.Equals(Max, StringComparison.OrdinalIgnoreCase))
            return null;

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is >= 0.001 and <= 10_000_000
            ? rate
            : throw new CommandException($"--rate: '{text}' is neither max nor a number from 0.001 to 10000000.");
    }

    private static IReadOnlyList<SyntheticAttack> Attacks(string text)
    {
        if (text.Equals(None, StringComparison.OrdinalIgnoreCase))
            return [];

        if (text.Equals(All, StringComparison.OrdinalIgnoreCase))
            return SyntheticAttackCatalog.All;

        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        try
        {
            return names.Length > 0 ? [.. names.Select(SyntheticAttackCatalog.Get)] : throw new CommandException("--attacks names none; write none, all, or names.");
        }
        catch (ArgumentException fault)
        {
            throw new CommandException($"--attacks: {fault.Message.Split(" (Parameter")[0]}", fault);
        }
    }

    private static string Format(string text) =>
        FlowWriterCatalog.All.Any(format => format.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
            ? text.ToLowerInvariant()
            : throw new CommandException($"--format: '{text}' is not one of: {FlowWriterCatalog.Names.Replace("|", ", ", StringComparison.Ordinal)}.");

    private static DateTime Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year is >= 1970 and < 2200
            ? time.UtcDateTime
            : throw new CommandException($"--start: '{text}' is no time such as 2026-08-04T08:00:00Z, from 1970 to 2199.");

    private static T InRange<T>(string option, T value, T low, T high)
        where T : IComparable<T> =>
        value.CompareTo(low) >= 0 && value.CompareTo(high) <= 0
            ? value
            : throw new CommandException(FormattableString.Invariant($"{option} is {value}; allowed are {low} to {high}."));

    private static Option<string> Text(string name, string description, string helpName, string standard) =>
        new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => standard };
}
