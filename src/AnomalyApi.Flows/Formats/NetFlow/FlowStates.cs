using static AnomalyApi.Flows.TcpFlagLetters;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>How a connection went, as far as the flags of its two directions tell.</summary>
internal static class FlowStates
{
    /// <summary>Whether the flags of the originator and of the responder are known, or that it never answered.</summary>
    public static ConnectionState Of(in ExportedFlow flow)
    {
        if (flow.ReversePackets < 0 || flow.ForwardPackets <= 0)
        {
            return ConnectionState.Unknown;
        }

        return flow.Protocol switch
        {
            IpProtocols.Tcp => OfTcp(flow.ForwardFlags, flow.ReversePackets == 0 ? (short)0 : flow.ReverseFlags == 0 ? (short)-1 : flow.ReverseFlags),
            IpProtocols.Udp => flow.ReversePackets > 0 ? ConnectionState.SF : ConnectionState.S0,
            _ => ConnectionState.Unknown,
        };
    }

    private static ConnectionState OfTcp(short originator, short responder)
    {
        // Exporters that do not look at flags write none.
        if (originator <= 0 || responder < 0)
        {
            return ConnectionState.Unknown;
        }

        var asked = (originator & Syn) != 0;
        var answered = (responder & Syn) != 0;
        return (asked, answered) switch
        {
            (true, true) => OfEstablished(originator, responder),
            (true, false) => OfUnanswered(originator, responder),
            (false, true) => (responder & Rst) != 0 ? ConnectionState.Rstrh : (responder & Fin) != 0 ? ConnectionState.Shr : ConnectionState.Oth,
            _ => ConnectionState.Oth,
        };
    }

    private static ConnectionState OfEstablished(short originator, short responder)
    {
        var closes = (originator & Fin) != 0;
        var closesBack = (responder & Fin) != 0;
        return closes && closesBack ? ConnectionState.SF
            : (originator & Rst) != 0 ? ConnectionState.Rsto
            : (responder & Rst) != 0 ? ConnectionState.Rstr
            : closes ? ConnectionState.S2
            : closesBack ? ConnectionState.S3
            : ConnectionState.S1;
    }

    private static ConnectionState OfUnanswered(short originator, short responder) =>
        (responder & Rst) != 0 ? ConnectionState.Rej
        : responder != 0 ? ConnectionState.Oth
        : (originator & Rst) != 0 ? ConnectionState.Rstos0
        : (originator & Fin) != 0 ? ConnectionState.SH
        : ConnectionState.S0;
}
