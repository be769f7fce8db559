namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>How an entry of <see cref="PacketFlowTable"/> hangs together with others; -1 for none.</summary>
internal struct PacketFlowLinks
{
    /// <summary>Bucket it is found by; -1 while free.</summary>
    public int Bucket;

    /// <summary>Next in the bucket, or next free entry.</summary>
    public int NextInBucket;

    /// <summary>The list of those that end after the same silence, longest silent first.</summary>
    public PacketFlowPhase Phase;
    public int Older;
    public int Newer;
}
