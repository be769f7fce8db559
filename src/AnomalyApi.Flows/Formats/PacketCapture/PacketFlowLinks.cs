namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Neighbours of a flow in its list of <see cref="OpenFlows"/>; -1 for none.</summary>
internal struct PacketFlowLinks
{
    /// <summary>The list of those that end after the same silence, longest silent first.</summary>
    public PacketFlowPhase Phase;
    public int Older;
    public int Newer;
}
