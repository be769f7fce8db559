namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>When packets make one flow and when two.</summary>
internal sealed record PacketFlowOptions
{
    /// <summary>An open TCP connection ends after so much silence.</summary>
    public TimeSpan EstablishedTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Everything else ends after so much silence: datagrams, and connections that were not answered.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A TCP connection that both sides closed, or one aborted, takes late packets for so long.</summary>
    public TimeSpan ClosedTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A flow that lasts longer is reported in pieces of this length.</summary>
    public TimeSpan ActiveTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Open flows at most. With more, the one that has been silent longest is ended early and counted.</summary>
    public int MaxOpenFlows { get; init; } = 128 * 1024;
}
