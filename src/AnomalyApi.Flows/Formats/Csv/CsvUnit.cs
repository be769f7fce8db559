namespace AnomalyApi.Flows.Formats.Csv;

/// <summary>How a time or duration is written.</summary>
internal enum CsvUnit
{
    /// <summary>As it shows: seconds, or a date with the year first.</summary>
    Natural,

    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,

    /// <summary>A date such as 13/07/2017 02:12:11 PM; one with the year first, and seconds, are taken too.</summary>
    DayFirst,

    /// <summary>A date such as 07/13/2017 02:12:11 PM; the same.</summary>
    MonthFirst,
}
