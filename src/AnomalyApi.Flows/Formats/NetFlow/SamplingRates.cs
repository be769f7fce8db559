namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>What one domain of an exporter said about its sampling: for all of it, for a sampler or for an interface.</summary>
internal sealed class SamplingRates
{
    private const int MostEntries = 4096;

    /// <summary>Interval of all packets that no other says something about; 1 when none was given.</summary>
    public int Default { get; private set; } = 1;

    /// <summary>Intervals by sampler.</summary>
    public Dictionary<ulong, int> OfSamplers { get; } = [];

    /// <summary>Intervals by interface.</summary>
    public Dictionary<ulong, int> OfInterfaces { get; } = [];

    /// <summary>Sets the interval of all packets.</summary>
    public void Set(int interval) => Default = interval;

    /// <summary>Sets the interval of a sampler.</summary>
    public void SetSampler(ulong sampler, int interval) => Set(OfSamplers, sampler, interval);

    /// <summary>Sets the interval of an interface.</summary>
    public void SetInterface(ulong index, int interval) => Set(OfInterfaces, index, interval);

    private static void Set(Dictionary<ulong, int> intervals, ulong key, int interval)
    {
        if (intervals.Count < MostEntries || intervals.ContainsKey(key))
        {
            intervals[key] = interval;
        }
    }
}
