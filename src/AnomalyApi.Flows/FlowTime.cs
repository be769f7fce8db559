namespace AnomalyApi.Flows;

/// <summary>Times of flows: UTC microseconds since 1970, which is what PostgreSQL keeps and Zeek gives.</summary>
public static class FlowTime
{
    /// <summary>1970-01-01, the earliest start a flow may have.</summary>
    public const long Earliest = 0;

    /// <summary>Start of the year 2200, the first start a flow may not have: later ones are units mixed up.</summary>
    public const long Latest = 7_258_118_400_000_000;

    /// <summary>Microseconds since 1970 of a UTC time.</summary>
    public static long ToMicroseconds(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The UTC time of microseconds since 1970.</summary>
    public static DateTime FromMicroseconds(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
