using AnomalyApi.Testing;

namespace AnomalyApi.Benchmarks.Service;

/// <summary>Resident memory of the service after its start, and as flows go through it.</summary>
internal static class MemoryBenchmark
{
    private const int BatchFlows = 1_000;
    private const int Clients = 4;
    private const int Steps = 5;

    public static async Task RunAsync(int flows)
    {
        await using var postgres = new PostgresServer();
        await using var service = await ServiceProcess.StartAsync(await postgres.CreateDatabaseAsync());
        Console.WriteLine("| flows | resident MiB |");
        Console.WriteLine("|---:|---:|");
        Report(0, service);
        await service.LearnAsync();
        var bodies = Enumerable.Range(0, 16).Select(i => OfficeTraffic.Ndjson(BatchFlows, (ulong)(i + 100))).ToArray();
        for (var step = 1; step <= Steps; step++)
        {
            var batches = flows / Steps / BatchFlows;
            await Parallel.ForEachAsync(
                Enumerable.Range(0, batches),
                new ParallelOptions { MaxDegreeOfParallelism = Clients },
                async (i, _) => (await service.PostAsync(bodies[i % bodies.Length])).Dispose());
            Report((long)flows * step / Steps, service);
        }
    }

    private static void Report(long flows, ServiceProcess service) =>
        Console.WriteLine($"| {flows:N0} | {service.ResidentBytes() / 1048576.0:N0} |");
}
