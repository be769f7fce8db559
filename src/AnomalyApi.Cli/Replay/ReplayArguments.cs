using System.CommandLine;
using System.Globalization;
using AnomalyApi.Cli.Sending;
using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Cli.Replay;

/// <summary>The options of <c>anomaly replay</c>, in the order help lists them.</summary>
internal sealed class ReplayArguments
{
    private const string Max = "max";

    private readonly Argument<string[]> _files = new("FILE") { Description = "Files of flows, plain or gzipped.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _to = new("--to") { Description = "Service to send to, http://host:port.", HelpName = "URL", Required = true };
    private readonly Option<string?> _key = new("--key") { Description = "API key of the service, or @FILE that holds it.", HelpName = "KEY" };
    private readonly Option<string> _speed = new("--speed") { Description = "How fast: 1x as it happened, 10x ten times as fast, max as fast as it goes.", HelpName = "1x|10x|max", DefaultValueFactory = _ => Max };
    private readonly Option<bool> _keepTime = new("--keep-time") { Description = "Leave the times of the flows as they are; otherwise they are moved to now." };
    private readonly Option<string?> _contentType = new("--content-type") { Description = "What the files are, by media type or name of the format; otherwise their first bytes tell.", HelpName = "TYPE" };
    private readonly Option<string?> _map = new("--map") { Description = "Which column of a CSV file holds what, as in POST /v1/flows?map=.", HelpName = "MAP" };
    private readonly Option<string?> _sensor = new("--sensor") { Description = "Sensor of flows that do not name one.", HelpName = "NAME" };
    private readonly Option<int> _batch = new("--batch") { Description = "Flows of one request at most.", HelpName = "N", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _connections = new("--connections") { Description = "Requests at the same time.", HelpName = "N", DefaultValueFactory = _ => 4 };

    public void AddTo(Command command)
    {
        command.Add(_files);
        Option[] all = [_to, _key, _speed, _keepTime, _contentType, _map, _sensor, _batch, _connections];
        foreach (var option in all)
            command.Add(option);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">A value is not allowed.</exception>
    public ReplayRequest Read(ParseResult parsed)
    {
        var format = parsed.GetValue(_contentType) is { } type ? Format(type) : null;
        return new ReplayRequest
        {
            Files = [.. parsed.GetRequiredValue(_files).Select(file => new FlowFile(file, format, parsed.GetValue(_sensor), parsed.GetValue(_map)))],
            To = ServiceAddress.OfFlows(parsed.GetRequiredValue(_to)),
            Key = ServiceAddress.Key(parsed.GetValue(_key)),
            Speed = Speed(parsed.GetValue(_speed)!),
            KeepsTime = parsed.GetValue(_keepTime),
            Batch = InRange("--batch", parsed.GetValue(_batch), 100_000),
            Connections = InRange("--connections", parsed.GetValue(_connections), 64),
        };
    }

    private static IFlowFormat Format(string type) =>
        FlowFormatCatalog.Find(type) ?? FlowFormatCatalog.All.FirstOrDefault(format => format.Name.Equals(type, StringComparison.OrdinalIgnoreCase))
        ?? throw new CommandException($"--content-type: '{type}' is not one of: {string.Join(", ", FlowFormatCatalog.All.Select(format => format.Name).Concat(FlowFormatCatalog.MediaTypes))}.");

    private static double? Speed(string text)
    {
        if (text.Equals(Max, StringComparison.OrdinalIgnoreCase))
            return null;

        return double.TryParse(text.TrimEnd('x', 'X'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed) && speed is >= 0.01 and <= 1_000_000
            ? speed
            : throw new CommandException($"--speed: '{text}' is neither max nor a number of times such as 1x or 10x, from 0.01x to 1000000x.");
    }

    private static int InRange(string option, int value, int high) =>
        value >= 1 && value <= high ? value : throw new CommandException($"{option} is {value}; allowed are 1 to {high}.");
}
