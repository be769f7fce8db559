using System.Reflection;
using AnomalyApi.Benchmarks.Service;
using BenchmarkDotNet.Running;

switch (args.FirstOrDefault())
{
    case "ingest":
        await IngestBenchmark.RunAsync(TimeSpan.FromSeconds(args.Length > 1 ? int.Parse(args[1], null) : 10));
        break;
    case "memory":
        await MemoryBenchmark.RunAsync(args.Length > 1 ? int.Parse(args[1], null) : 5_000_000);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
        break;
}
