using AnomalyApi.Flows;

namespace AnomalyApi.Cli.Replay;

/// <summary>When the flows of one file are due, and what time they get.</summary>
/// <param name="speed">Times as fast as it happened; null for as fast as it goes.</param>
/// <param name="keepsTime">Whether flows keep their times.</param>
/// <param name="file">What is in the file.</param>
internal sealed class ReplayClock(double? speed, bool keepsTime, FlowFileSurvey file, TimeProvider time)
{
    private readonly long _begun = time.GetTimestamp();
    private readonly long _begunMicroseconds = FlowTime.ToMicroseconds(time.GetUtcNow().UtcDateTime);

    /// <summary>How long until a flow is due; 0 or less when it is.</summary>
    public TimeSpan Until(long start) => speed is { } times
        ? TimeSpan.FromMicroseconds((start - file.First) / times) - time.GetElapsedTime(_begun)
        : TimeSpan.Zero;

    /// <summary>The time it gets: with a speed that at which it is due, otherwise its own, moved so that the last flow of the file is now.</summary>
    public long TimeOf(long start) =>
        keepsTime ? start
        : speed is { } times ? _begunMicroseconds + (long)((start - file.First) / times)
        : Math.Max(FlowTime.Earliest, start + _begunMicroseconds - file.Last);
}
