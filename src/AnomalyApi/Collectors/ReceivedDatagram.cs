using AnomalyApi.Flows;

namespace AnomalyApi.Collectors;

/// <summary>A datagram on its way to the decoder.</summary>
/// <param name="Exporter">Where it came from.</param>
/// <param name="Received">When, in microseconds since 1970.</param>
/// <param name="Buffer">Rented, and longer than the datagram.</param>
/// <param name="Length">Bytes of the datagram; -1 when this only tells that time has passed.</param>
internal readonly record struct ReceivedDatagram(IpAddressValue Exporter, long Received, byte[] Buffer, int Length)
{
    public bool IsTick => Length < 0;
}
