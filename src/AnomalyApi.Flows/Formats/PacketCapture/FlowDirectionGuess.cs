using AnomalyApi.Flows.Packets;

namespace AnomalyApi.Flows.Formats.PacketCapture;

/// <summary>Tells from the first packet of a flow who began: mostly its sender, unless the packet is an answer whose question was not captured.</summary>
internal static class FlowDirectionGuess
{
    /// <summary>Whether the packet is an answer; and for an ICMP answer the type of its question, else -1.</summary>
    public static (int QuestionType, bool IsAnswer) Of(in Packet packet)
    {
        if (!packet.HasPorts)
        {
            return (-1, false);
        }

        if (packet.Protocol is IpProtocols.Icmp or IpProtocols.Icmp6)
        {
            return IcmpPairs.IsAlwaysAnswer(packet.Protocol, packet.SourcePort)
                ? (IcmpPairs.QuestionOf(packet.Protocol, packet.SourcePort), true)
                : (-1, false);
        }

        if (packet.HasTcpHeader && (packet.TcpFlags & TcpFlagLetters.Syn) != 0)
        {
            return (-1, (packet.TcpFlags & TcpFlagLetters.Ack) != 0);
        }

        // From the port of a service to one that is none.
        return (-1, ServicePorts.IsService(packet.Protocol, packet.SourcePort) && !ServicePorts.IsService(packet.Protocol, packet.DestinationPort)
            && !IsForMany(packet.Destination));
    }

    // Nobody asks from a multicast or broadcast address.
    private static bool IsForMany(in IpAddressValue address) =>
        address.IsIPv4 ? (byte)(address.Low >> 24) >= 224 || (byte)address.Low == 255 : address.High >> 56 == 0xFF;
}
