using System.Security.Cryptography;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Features;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;
using BenchmarkDotNet.Attributes;

namespace AnomalyApi.Benchmarks.Flows;

/// <summary>What is done for each flow once it is read. The time is for one flow.</summary>
[MemoryDiagnoser]
public class FlowBenchmarks
{
    private const int FlowCount = 10_000;

    private readonly byte[] _message = new byte[16];
    private readonly byte[] _hash = new byte[SHA1.HashSizeInBytes];
    private FlowBatch _flows = FlowBatch.Rent();
    private FlowFeatureExtractor? _extractor;
    private float[] _features = [];

    [GlobalSetup]
    public void MakeFlows()
    {
        _flows = Some.Batch(new SyntheticTraffic(1, DateTime.UnixEpoch.AddYears(50)).Normal(FlowCount));
        _extractor = FlowFeatureExtractor.Learn(_flows, LocalNetworks.Private);
        _features = new float[FlowCount * _extractor.Schema.Count];
    }

    [Benchmark(OperationsPerInvoke = FlowCount)]
    public void Extract_features() => _extractor!.Extract(_flows, _features);

    [Benchmark]
    public string Compute_a_Community_ID() =>
        CommunityId.Compute(_flows.Source[0], _flows.Destination[0], _flows.SourcePort[0], _flows.DestinationPort[0], _flows.Protocol[0]);

    /// <summary>The hash alone, as the framework does it: why <c>Sha1Block</c> exists.</summary>
    [Benchmark]
#pragma warning disable CA5350 // Measured, not relied on.
    public int Framework_SHA1() => SHA1.HashData(_message, _hash);
#pragma warning restore CA5350
}
