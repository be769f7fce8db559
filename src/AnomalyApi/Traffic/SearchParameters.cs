using System.ComponentModel;
using System.Globalization;
using AnomalyApi.Flows;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Stores;
using Microsoft.AspNetCore.Mvc;

namespace AnomalyApi.Traffic;

/// <summary>The filters that flows and anomalies share. Texts, so that every fault can be named in one answer.</summary>
internal class SearchParameters
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    [FromQuery(Name = "from")]
    [Description("Earliest time, RFC 3339, inclusive.")]
    public string? From { get; init; }

    [FromQuery(Name = "to")]
    [Description("Latest time, RFC 3339, exclusive.")]
    public string? To { get; init; }

    [FromQuery(Name = "min_score")]
    [Description("Least score, 0 to 100.")]
    public string? MinScore { get; init; }

    [FromQuery(Name = "address")]
    [Description("Address or CIDR of either end, for example 10.0.0.0/8.")]
    public string? Address { get; init; }

    [FromQuery(Name = "port")]
    [Description("Port of either end, 0 to 65535.")]
    public string? Port { get; init; }

    [FromQuery(Name = "protocol")]
    [Description("IANA number or name, for example tcp.")]
    public string? Protocol { get; init; }

    [FromQuery(Name = "sensor")]
    [Description("Who recorded the flow.")]
    public string? Sensor { get; init; }

    [FromQuery(Name = "model")]
    [Description("Version of the model that scored.")]
    public string? Model { get; init; }

    [FromQuery(Name = "order")]
    [Description("oldest (a feed: follow next for ever) or newest (a search: next ends). The default is oldest.")]
    public string? Order { get; init; }

    [FromQuery(Name = "limit")]
    [Description("Rows on a page, 1 to 1000. The default is 100.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "cursor")]
    [Description("The next of the page before. Keep the filters and the order the same.")]
    public string? Cursor { get; init; }

    /// <summary>Puts every parameter into <paramref name="query"/>, and notes every fault in <paramref name="errors"/>.</summary>
    public TQuery Read<TQuery>(TQuery query, HttpRequest request, Dictionary<string, string[]> errors)
        where TQuery : TrafficQuery
    {
        QueryNames.RefuseOthers(request, this, errors);
        var filled = query with
        {
            From = TimeParameter.Read("from", From, errors),
            To = TimeParameter.Read("to", To, errors),
            MinScore = (float?)Number("min_score", MinScore, 0, 100, errors),
            Address = ReadAddress(errors),
            Port = (int?)Whole("port", Port, 0, 65535, errors),
            Protocol = ReadProtocol(errors),
            Sensor = Name("sensor", Sensor, errors),
            ModelVersion = (int?)Whole("model", Model, 1, int.MaxValue, errors),
            NewestFirst = Choice("order", Order, errors, "oldest", "newest") == "newest",
            Limit = (int?)Whole("limit", Limit, 1, MaxLimit, errors) ?? DefaultLimit,
        };
        filled = filled with { After = ReadCursor(filled, errors) };
        if (filled.From >= filled.To)
        {
            errors["from"] = ["must lie before 'to'."];
        }

        return (TQuery)filled;
    }

    /// <summary>The value when it is one of the choices; null when it is absent or a fault.</summary>
    protected static string? Choice(string name, string? text, Dictionary<string, string[]> errors, params string[] choices)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var choice = Array.Find(choices, known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (choice is null)
        {
            errors[name] = [$"'{ErrorText.Shorten(text)}' is not one of: {string.Join(", ", choices)}."];
        }

        return choice;
    }

    /// <summary>The text; null when it is absent or a fault.</summary>
    protected static string? Name(string name, string? text, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!text.Any(char.IsControl))
        {
            return text;
        }

        // PostgreSQL stores no NUL, so a statement that asks for one is an error there.
        errors[name] = ["must not have control characters."];
        return null;
    }

    private static double? Number(string name, string? text, double low, double high, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high)
        {
            return number;
        }

        errors[name] = [$"'{ErrorText.Shorten(text)}' is not a number from {low} to {high}."];
        return null;
    }

    private static long? Whole(string name, string? text, long low, long high, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high)
        {
            return number;
        }

        errors[name] = [$"'{ErrorText.Shorten(text)}' is not a whole number from {low} to {high}."];
        return null;
    }

    private CidrRange? ReadAddress(Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(Address))
        {
            return null;
        }

        if (CidrRange.TryParse(Address, out var range, out var error))
        {
            return range;
        }

        errors["address"] = [error!];
        return null;
    }

    private byte? ReadProtocol(Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(Protocol))
        {
            return null;
        }

        if (IpProtocols.TryParse(System.Text.Encoding.UTF8.GetBytes(Protocol), out var protocol))
        {
            return protocol;
        }

        errors["protocol"] = [$"'{ErrorText.Shorten(Protocol)}' is not {IpProtocols.Allowed}."];
        return null;
    }

    private FeedCursor? ReadCursor(TrafficQuery query, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(Cursor))
        {
            return null;
        }

        if (CursorText.TryRead(Cursor, query, out var cursor))
        {
            return cursor;
        }

        errors["cursor"] = [$"'{ErrorText.Shorten(Cursor)}' is not a cursor of this list in this order. Take the 'next' of an earlier answer, or leave it out to begin."];
        return null;
    }
}
