namespace AnomalyApi.Flows.Synthetic;

/// <summary>How much happens when: a weight for each hour of a day in UTC, 1 on average, and what is left of it at the weekend. Immutable.</summary>
internal sealed class OfficeRhythm
{
    private readonly double[] _hours;
    private readonly double _weekend;

    private OfficeRhythm(double weekend, params double[] hours)
    {
        var mean = hours.Sum() / hours.Length;
        _hours = Array.ConvertAll(hours, hour => hour / mean);
        _weekend = weekend;
    }

    /// <summary>Machines do not look at the clock.</summary>
    public static OfficeRhythm Always { get; } = new(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);

    /// <summary>People come from seven on, have lunch, and go; a few work late, and machines that are left on keep asking for mail.</summary>
    public static OfficeRhythm WorkingHours { get; } = new(
        0.2, 0.2, 0.15, 0.15, 0.15, 0.15, 0.2, 0.4, 1.0, 1.9, 2.4, 2.5, 2.2, 1.6, 1.9, 2.4, 2.4, 2.1, 1.5, 0.8, 0.5, 0.4, 0.35, 0.3, 0.25);

    /// <summary>Visitors come for meetings.</summary>
    public static OfficeRhythm MeetingHours { get; } = new(
        0.1, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.3, 1.2, 2.6, 3.0, 2.4, 1.6, 2.0, 3.0, 2.6, 1.6, 0.6, 0.2, 0.1, 0.05, 0.05, 0.05, 0.05);

    /// <summary>The backup runs from one to four; before and after only those who missed it come.</summary>
    public static OfficeRhythm Night { get; } = new(
        1, 0.3, 8, 8, 5, 0.4, 0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2);

    /// <summary>The public site is read at all hours, more in the evening.</summary>
    public static OfficeRhythm Readers { get; } = new(
        0.9, 0.5, 0.4, 0.35, 0.3, 0.35, 0.5, 0.7, 0.9, 1.1, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.3, 1.5, 1.6, 1.5, 1.2, 0.8);

    /// <summary>The weight at a time, between those of the hours' middles.</summary>
    /// <param name="microseconds">UTC, since 1970.</param>
    public double At(long microseconds)
    {
        const long Hour = 3_600_000_000;
        var hours = ((double)(microseconds % (24 * Hour)) / Hour) + 23.5;
        var before = (int)hours;
        var share = hours - before;
        var weight = (_hours[before % 24] * (1 - share)) + (_hours[(before + 1) % 24] * share);

        // 1970 began on a Thursday.
        return (((microseconds / (24 * Hour)) + 4) % 7) is 0 or 6 ? weight * _weekend : weight;
    }
}
