using AnomalyApi.Cli.Simulate.Outputs;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Synthetic;

namespace AnomalyApi.Cli.Simulate;

/// <summary>Makes the flows of a request and hands them to an output, at the rate asked for.</summary>
internal sealed class SimulateRun(SimulateRequest request, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    /// <summary>Flows made so far.</summary>
    public long Made { get; private set; }

    /// <summary>Flows that will be made, about.</summary>
    public long Expected { get; } = ExpectedFlows(request);

    /// <summary>Makes all flows, unless cancelled before.</summary>
    /// <param name="report">Called now and then.</param>
    public async Task RunAsync(SimulateOutput output, Action report, CancellationToken ct)
    {
        var start = request.Start ?? StartToEndNow();
        var end = start + (request.Duration ?? DateTime.MaxValue - start);
        var traffic = new SyntheticTraffic((ulong)request.Seed, start)
        {
            FlowsPerHour = request.Rate is { } rate ? rate * 3600 : request.FlowsPerHour,
            IsSteady = request.Rate is not null,
        };
        var scenario = new SyntheticScenario(traffic, request.Attacks, request.AttackShare, Expected);
        using var flows = FlowBatch.Rent(request.Batch);
        var begun = time.GetTimestamp();
        while (Made < request.Count && scenario.Clock < end)
        {
            await WaitForTurnAsync(begun, ct).ConfigureAwait(false);
            var due = Math.Min(request.Count, DueBy(begun));
            while (Made < due && flows.Count < request.Batch && scenario.Clock < end)
            {
                scenario.Add(flows, 1);
                Made++;
            }

            await output.WriteAsync(flows, ct).ConfigureAwait(false);
            flows.Clear();
            report();
        }

        await output.CompleteAsync(ct).ConfigureAwait(false);
        report();
    }

    private static long ExpectedFlows(SimulateRequest request)
    {
        var perHour = request.Rate * 3600 ?? request.FlowsPerHour;
        return request.Duration is { } duration ? Math.Min(request.Count, (long)(duration.TotalHours * perHour) + 1) : request.Count;
    }

    // With a rate the flows begin now, and follow the clock on the wall.
    private DateTime StartToEndNow()
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (request.Rate is not null)
            return now;

        var hours = request.Duration?.TotalHours ?? request.Count / request.FlowsPerHour;
        return hours < (now - DateTime.UnixEpoch).TotalHours
            ? now - TimeSpan.FromHours(hours)
            : throw new CommandException("So many flows take longer than since 1970; give --start, or more --flows-per-hour.");
    }

    private long DueBy(long begun) => request.Rate is { } rate ? (long)(time.GetElapsedTime(begun).TotalSeconds * rate) + 1 : long.MaxValue;

    private async Task WaitForTurnAsync(long begun, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (request.Rate is { } rate && DueBy(begun) <= Made)
        {
            var untilDue = TimeSpan.FromSeconds(Made / rate) - time.GetElapsedTime(begun);
            await Task.Delay(untilDue > Beat ? untilDue : Beat, time, ct).ConfigureAwait(false);
        }
    }
}
