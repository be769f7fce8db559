using Quartz;

namespace AnomalyApi.Training;

/// <summary>When a schedule fires: crontab text of five fields, or Quartz text of six or seven, read in a time zone.</summary>
internal static class ScheduleCron
{
    /// <summary>Reads both; null when <paramref name="errors"/> got a fault.</summary>
    public static CronExpression? Read(string cron, string timeZone, Dictionary<string, string[]> errors)
    {
        var fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length;
        CronExpression? expression = null;
        try
        {
            expression = fields == 5 ? CronExpression.Parse(cron, CronFormat.Unix) : CronExpression.Parse(cron);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            var reason = fields is >= 5 and <= 7 ? e.Message.TrimEnd('.') : $"it has {fields} fields";
            errors["cron"] = [$"'{ErrorText.Shorten(cron)}' cannot be read: {reason}. Use five crontab fields, for example '0 3 * * *' for 03:00 every day."];
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone))
        {
            errors["time_zone"] = [$"'{ErrorText.Shorten(timeZone)}' is not an IANA time zone such as UTC or Europe/Berlin."];
        }

        return expression is null || zone is null ? null : expression.WithTimeZone(zone);
    }

    /// <summary>The next <paramref name="count"/> times after <paramref name="after"/>, UTC; fewer when the expression ends.</summary>
    public static IReadOnlyList<DateTime> Next(CronExpression cron, DateTimeOffset after, int count)
    {
        var times = new List<DateTime>(count);
        while (times.Count < count && cron.GetNextValidTimeAfter(after) is { } next)
        {
            times.Add(next.UtcDateTime);
            after = next;
        }

        return times;
    }
}
