namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>How a template writes a time.</summary>
internal enum TimeUnit : byte
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>Milliseconds since the exporter started, in 32 bits that overflow after 49.7 days.</summary>
    Uptime,

    /// <summary>Seconds since 1970.</summary>
    Seconds,

    /// <summary>Milliseconds since 1970.</summary>
    Milliseconds,

    /// <summary>Microseconds, of durations.</summary>
    Microseconds,

    /// <summary>NTP time: seconds since 1900 in the upper 32 bits, a fraction of 2^32 in the lower (RFC 7011, section 6.1.9).</summary>
    Ntp,

    /// <summary>Microseconds before the export time of the message.</summary>
    MicrosecondsBefore,
}
