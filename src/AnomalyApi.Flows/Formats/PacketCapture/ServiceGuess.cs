using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Finds out which application protocol a flow speaks: by the first bytes that each side says, else by the port.</summary>
/// <remarks>A port decides only where bytes cannot: nothing was captured of them, the beginning was missed, or the protocol has no signature. A flow to
/// port 443 that does not speak TLS has no service, as with Zeek, since that is what is odd about it.</remarks>
internal struct ServiceGuess
{
    private const int MostLooks = 3;
    private const int FewestBytes = 4;

    private PacketService _service;
    private byte _looks;
    private bool _hasPayload;
    private bool _wasSeen;

    /// <summary>Takes one packet that has payload.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="frame">Its bytes.</param>
    /// <param name="isForward">Whether the originator sent it.</param>
    /// <param name="hasBeginning">Whether nothing was said before this flow was seen.</param>
    public void Add(in Packet packet, ReadOnlySpan<byte> frame, bool isForward, bool hasBeginning)
    {
        _hasPayload = true;
        if (_service != PacketService.None || _looks == MostLooks)
        {
            return;
        }

        var payload = packet.Payload(frame);
        if (payload.Length < FewestBytes)
        {
            return;
        }

        _looks++;
        _wasSeen |= hasBeginning;
        _service = ServiceSignatures.Find(
            packet.Protocol, payload, isForward ? packet.DestinationPort : packet.SourcePort, isForward);
    }

    /// <summary>The name of the service; null when it is not known.</summary>
    /// <param name="protocol">Transport of the flow.</param>
    /// <param name="port">Port of the responder.</param>
    public readonly string? NameFor(byte protocol, ushort port)
    {
        if (_service != PacketService.None || !_hasPayload)
        {
            return PacketServices.NameOf(_service);
        }

        var usual = ServicePorts.Of(protocol, port);
        return _wasSeen && PacketServices.ShowsItself(usual) ? null : PacketServices.NameOf(usual);
    }
}
