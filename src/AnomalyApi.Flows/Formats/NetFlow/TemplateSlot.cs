namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Where the values of a record go while it is read: places in one row of numbers, so that reading is a loop without branches.</summary>
internal static class TemplateSlot
{
    public const int SourceHigh = 0;
    public const int SourceLow = 1;
    public const int Source4 = 2;
    public const int DestinationHigh = 3;
    public const int DestinationLow = 4;
    public const int Destination4 = 5;
    public const int SourcePort = 6;
    public const int DestinationPort = 7;
    public const int Protocol = 8;
    public const int Flags = 9;
    public const int Packets = 10;
    public const int Bytes = 11;
    public const int ReversePackets = 12;
    public const int ReverseBytes = 13;
    public const int ReverseFlags = 14;
    public const int Start = 15;
    public const int End = 16;
    public const int Duration = 17;
    public const int IcmpTypeCode = 18;
    public const int IcmpType = 19;
    public const int IcmpCode = 20;
    public const int SamplerId = 21;
    public const int SamplingInterval = 22;
    public const int SamplingTaken = 23;
    public const int SamplingSkipped = 24;
    public const int SamplingPopulation = 25;
    public const int SamplingProbability = 26;
    public const int Interface = 27;
    public const int FirewallEvent = 28;
    public const int NatEvent = 29;
    public const int BiflowDirection = 30;
    public const int SystemInit = 31;
    public const int SectionEnd = 32;
    public const int SectionLength = 33;

    /// <summary>How many there are.</summary>
    public const int Count = 34;

    /// <summary>No place: the element says nothing about a flow.</summary>
    public const int None = -1;
}
