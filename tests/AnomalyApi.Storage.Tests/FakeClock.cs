namespace AnomalyApi.Storage.Tests;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class FakeClock(DateTime utc) : TimeProvider
{
    public DateTime Now { get; set; } = utc;

    public override DateTimeOffset GetUtcNow() => new(Now);
}
