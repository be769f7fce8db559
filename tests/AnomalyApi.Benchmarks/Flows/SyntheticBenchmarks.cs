using AnomalyApi.Flows;
using AnomalyApi.Flows.Synthetic;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Flows;

/// <summary>Making up traffic: 10,000 flows into a batch that is used again. The time is for one flow.</summary>
[MemoryDiagnoser]
public class SyntheticBenchmarks
{
    private const int FlowCount = 10_000;

    private static readonly DateTime Start = new(2026, 11, 24, 9, 0, 0, DateTimeKind.Utc);

    private readonly FlowBatch _flows = FlowBatch.Rent(FlowCount);
    private readonly SyntheticTraffic _traffic = new(1, Start) { FlowsPerHour = 100_000 };
    private readonly SyntheticScenario _scenario = new(new SyntheticTraffic(1, Start) { FlowsPerHour = 100_000 }, SyntheticAttackCatalog.All, 0.02, 1_000_000);

    [Benchmark(OperationsPerInvoke = FlowCount)]
    public int Everyday_work()
    {
        _flows.Clear();
        _traffic.AddNormal(_flows, FlowCount);
        return _flows.Count;
    }

    [Benchmark(OperationsPerInvoke = FlowCount)]
    public int With_attacks_among_it()
    {
        _flows.Clear();
        _scenario.Add(_flows, FlowCount);
        return _flows.Count;
    }
}
