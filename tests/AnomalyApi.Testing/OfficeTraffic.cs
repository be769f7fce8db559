using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;

namespace AnomalyApi.Testing;

/// <summary>Everyday traffic as bodies to post.</summary>
public static class OfficeTraffic
{
    /// <summary>NDJSON of synthetic office flows, without attacks. The same seed gives the same body.</summary>
    public static byte[] Ndjson(int flows, ulong seed = 1) => NativeFlowJson.ToNdjson(new SyntheticTraffic(seed, Some.Start).Normal(flows));
}
