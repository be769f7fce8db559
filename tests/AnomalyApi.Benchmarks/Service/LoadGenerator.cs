using System.Diagnostics;
using AnomalyApi.Testing;

namespace AnomalyApi.Benchmarks.Service;

/// <summary>Clients that post batches one after another, each waiting for its answer as a sensor does.</summary>
internal static class LoadGenerator
{
    private const int DistinctBatches = 32;

    /// <summary>Posts for <paramref name="duration"/> and measures every answer.</summary>
    public static async Task<LoadResult> RunAsync(ServiceProcess service, int batchFlows, int clients, TimeSpan duration)
    {
        var bodies = Enumerable.Range(0, DistinctBatches).Select(i => OfficeTraffic.Ndjson(batchFlows, (ulong)(i + 100))).ToArray();
        var latencies = new List<double>[clients];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            var mine = latencies[client] = [];
            for (var i = client; Stopwatch.GetElapsedTime(started) < duration; i++)
            {
                var sent = Stopwatch.GetTimestamp();
                using var answer = await service.PostAsync(bodies[i % bodies.Length]);
                mine.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        }));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var all = latencies.SelectMany(times => times).Order().ToArray();
        return new LoadResult(batchFlows, clients, all.Length * (double)batchFlows / seconds, all[all.Length / 2], all[(int)(all.Length * 0.99)]);
    }
}
