using AnomalyApi.Testing;

namespace AnomalyApi.Benchmarks.Service;

/// <summary>Flows acknowledged by the whole service on PostgreSQL, beside a bare COPY of the same rows into the same table. Everything shares one machine.</summary>
internal static class IngestBenchmark
{
    private const int CopyRows = 50_000;

    private static readonly (int BatchFlows, int Clients)[] Loads = [(1, 64), (100, 16), (1_000, 8), (10_000, 4)];

    public static async Task RunAsync(TimeSpan duration)
    {
        await using var postgres = new PostgresServer();
        var connectionString = await postgres.CreateDatabaseAsync();
        await using var service = await ServiceProcess.StartAsync(connectionString);
        await service.LearnAsync();
        await LoadGenerator.RunAsync(service, 1_000, 8, TimeSpan.FromSeconds(10));
        var copy = await BareCopy.OfStoredRowsAsync(connectionString, CopyRows);
        await copy.RunAsync(TimeSpan.FromSeconds(3));

        Console.WriteLine("| flows a batch | clients | flows/s | p50 ms | p99 ms | bare COPY rows/s | ratio | service CPU |");
        Console.WriteLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (batchFlows, clients) in Loads)
        {
            // Before and after, since these machines change their speed while one looks.
            var before = await copy.RunAsync(duration / 2);
            var processor = service.ProcessorTime();
            var load = await LoadGenerator.RunAsync(service, batchFlows, clients, duration);
            var used = (service.ProcessorTime() - processor) / duration;
            var bare = (before + await copy.RunAsync(duration / 2)) / 2;
            Console.WriteLine(
                $"| {batchFlows:N0} | {clients} | {load.FlowsPerSecond:N0} | {load.P50Milliseconds:N1} | {load.P99Milliseconds:N1} | {bare:N0} | {load.FlowsPerSecond / bare:N2} | {used:P0} |");
        }
    }
}
