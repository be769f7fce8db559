namespace AnomalyApi.Flows.Synthetic.Shapes;

/// <summary>What TCP puts on the wire: packets, bytes with headers, flags, state and duration that go together.</summary>
internal static class TcpShape
{
    private const byte Established = TcpFlagLetters.Syn | TcpFlagLetters.Ack | TcpFlagLetters.Psh;

    // The usual options are 12 bytes on each segment (timestamps) and 20 on the first; an Ethernet packet has 1,500.
    private const int Options = 12;
    private const int SynOptions = 20;
    private const int PacketBytes = 1_500;

    // What an office's lines carry, in bytes a second: 1 Gbit/s inside, 200 Mbit/s to the Internet.
    private const double InsideSpeed = 110e6;
    private const double OutsideSpeed = 22e6;

    /// <summary>A connection whose payloads and duration scatter around the medians as real ones do, and that now and then ends otherwise than well.</summary>
    public static void Talk(ref FlowSketch flow, SyntheticRandom random, double up, double down, double seconds)
    {
        Exchange(ref flow, random, (long)random.LogNormal(up, 0.8), (long)random.LogNormal(down, 1.1), random.LogNormal(seconds, 0.9));
        var dice = random.Uniform();
        if (dice < 0.035)
        {
            // Impatient clients close with a reset, servers with idle connections too.
            End(ref flow, dice < 0.025 ? ConnectionState.Rsto : ConnectionState.Rstr);
        }
        else if (dice < 0.045)
        {
            End(ref flow, ConnectionState.S1);
        }
    }

    /// <summary>A connection that carries exactly these payloads and ends well.</summary>
    /// <param name="up">Payload bytes of the originator.</param>
    /// <param name="down">Payload bytes of the responder.</param>
    /// <param name="seconds">Duration; lengthened where the line would not carry that much in it.</param>
    public static void Exchange(ref FlowSketch flow, SyntheticRandom random, long up, long down, double seconds)
    {
        var header = Header(flow) + Options;
        var isInside = OfficeNetwork.IsInside(flow.Source) && OfficeNetwork.IsInside(flow.Destination);
        var roundTrip = isInside ? random.Uniform(0.0003, 0.001) : random.Uniform(0.008, 0.06);
        var dataUp = Segments(up, PacketBytes - header);
        var dataDown = Segments(down, PacketBytes - header);

        // Every second segment is acknowledged by a packet of its own when the other side has nothing to say. Handshake: 2 and 1; end: 1 and 1.
        flow.Protocol = IpProtocols.Tcp;
        flow.ForwardPackets = 3 + dataUp + (dataDown / 2);
        flow.ReversePackets = 2 + dataDown + (dataUp / 2);
        flow.ForwardBytes = up + (flow.ForwardPackets * header) + SynOptions - Options;
        flow.ReverseBytes = down + (flow.ReversePackets * header) + SynOptions - Options;
        flow.Duration = Micro(Math.Max(seconds, (3 * roundTrip) + ((up + down) / (isInside ? InsideSpeed : OutsideSpeed))));
        flow.TcpFlags = Established | TcpFlagLetters.Fin;
        flow.State = ConnectionState.SF;
    }

    /// <summary>Lets the connection end in a reset (RSTO, RSTR) or not at all (S1).</summary>
    public static void End(ref FlowSketch flow, ConnectionState state)
    {
        flow.State = state;
        flow.TcpFlags = (short)(Established | (state == ConnectionState.S1 ? 0 : TcpFlagLetters.Rst));
    }

    /// <summary>Attempts that nobody answers: the first and what the client sends again after 1, 2, 4... seconds.</summary>
    public static void Unanswered(ref FlowSketch flow, int attempts)
    {
        flow.Protocol = IpProtocols.Tcp;
        flow.ForwardPackets = attempts;
        flow.ReversePackets = 0;
        flow.ForwardBytes = attempts * (Header(flow) + SynOptions);
        flow.ReverseBytes = 0;
        flow.Duration = ((1L << (attempts - 1)) - 1) * 1_000_000;
        flow.TcpFlags = TcpFlagLetters.Syn;
        flow.State = ConnectionState.S0;
    }

    /// <summary>An attempt that is answered by a reset: nobody listens there.</summary>
    public static void Refused(ref FlowSketch flow, SyntheticRandom random)
    {
        Unanswered(ref flow, attempts: 1);
        flow.ReversePackets = 1;
        flow.ReverseBytes = Header(flow);
        flow.Duration = Micro(random.Uniform(0.0001, 0.001));
        flow.TcpFlags = TcpFlagLetters.Syn | TcpFlagLetters.Rst | TcpFlagLetters.Ack;
        flow.State = ConnectionState.Rej;
    }

    /// <summary>One bare SYN, as scanners send it, without options.</summary>
    public static void Probe(ref FlowSketch flow)
    {
        Unanswered(ref flow, attempts: 1);
        flow.ForwardBytes = Header(flow) + 4;
    }

    /// <summary>A probe that finds a service: SYN, SYN-ACK, and the scanner's reset.</summary>
    public static void ProbeOpen(ref FlowSketch flow, SyntheticRandom random)
    {
        Probe(ref flow);
        flow.ForwardPackets = 2;
        flow.ForwardBytes += Header(flow);
        flow.ReversePackets = 1;
        flow.ReverseBytes = Header(flow) + 4;
        flow.Duration = Micro(random.Uniform(0.0002, 0.002));
        flow.TcpFlags = TcpFlagLetters.Syn | TcpFlagLetters.Ack | TcpFlagLetters.Rst;
        flow.State = ConnectionState.Rsto;
    }

    private static int Header(in FlowSketch flow) => flow.Source.IsIPv4 ? 40 : 60;

    private static long Segments(long payload, int segmentBytes) => (payload + segmentBytes - 1) / segmentBytes;

    private static long Micro(double seconds) => (long)(seconds * 1_000_000);
}
