using AnomalyApi.Flows.Formats.PacketCapture;
using AnomalyApi.Flows.Packets;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats.PacketCapture;

public class TcpConversationTests
{
    // ">" before the flags is a packet of the originator, "<" one of the responder; "+n" behind them n bytes of data.
    [Theory]
    [InlineData(">S", ConnectionState.S0, "S")]
    [InlineData(">S >S >S", ConnectionState.S0, "S")]
    [InlineData(">S <SA", ConnectionState.S1, "Sh")]
    [InlineData(">S <SA >A >PA+5 <A <PA+9 >A", ConnectionState.S1, "ShADad")]
    [InlineData(">S <SA >A >PA+5 <PA+9 >FA <FA >A", ConnectionState.SF, "ShADdFf")]
    [InlineData(">S <SA >A <FA >FA <A", ConnectionState.SF, "ShAfFa")]
    [InlineData(">S <SA >A >FA <A", ConnectionState.S2, "ShAFa")]
    [InlineData(">S <SA >A <FA >A", ConnectionState.S3, "ShAf")]
    [InlineData(">S <RA", ConnectionState.Rej, "Sr")]
    [InlineData(">S >R", ConnectionState.Rstos0, "SR")]
    [InlineData(">S >F", ConnectionState.SH, "SF")]
    [InlineData(">S <SA >R", ConnectionState.Rsto, "ShR")]
    [InlineData(">S <SA >A >PA+5 >RA", ConnectionState.Rsto, "ShADR")]
    [InlineData(">S <SA >A <R", ConnectionState.Rstr, "ShAr")]
    [InlineData(">S <SA >A >FA <R", ConnectionState.Rstr, "ShAFr")]
    [InlineData(">S <SA >A >FA <FA >R", ConnectionState.SF, "ShAFfR")]
    [InlineData(">S <SA >R <R", ConnectionState.Rsto, "ShRr")]
    [InlineData("<SA", ConnectionState.Oth, "h")]
    [InlineData("<SA <R", ConnectionState.Rstrh, "hr")]
    [InlineData("<SA <FA", ConnectionState.Shr, "hf")]
    [InlineData("<SA >R", ConnectionState.Oth, "hR")]
    [InlineData("<SA >A >PA+3 <FA >FA", ConnectionState.SF, "hADfF")]
    [InlineData(">PA+3 <A >FA <FA", ConnectionState.Oth, "DaFf")]
    [InlineData(">S <A", ConnectionState.Oth, "Sa")]
    [InlineData(">SF", ConnectionState.Oth, "Q")]
    [InlineData(">FR", ConnectionState.Oth, "IFR")]
    [InlineData("> ", ConnectionState.Oth, "")]
    public void A_connection_is_called_what_Zeek_calls_it(string packets, ConnectionState state, string history)
    {
        var connection = new TcpConversation();
        uint[] next = [100, 500];
        foreach (var text in packets.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var isForward = text[0] == '>';
            var parts = text[1..].Split('+');
            var payload = parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
            var side = isForward ? 0 : 1;
            connection.Add(Packet(parts[0], next[side], payload), isForward);
            next[side] += (uint)(payload + (parts[0].Contains('S', StringComparison.Ordinal) ? 1 : 0));
        }

        Assert.Equal(state, connection.State);
        Assert.Equal(history, connection.History);
    }

    [Fact]
    public void Data_that_comes_again_has_its_own_letter_also_where_the_numbers_wrap()
    {
        var connection = new TcpConversation();
        connection.TurnRound();
        connection.Add(Packet("PA", 0xFFFF_FFFE, 4), true);
        connection.Add(Packet("PA", 0xFFFF_FFFE, 4), true);
        connection.Add(Packet("PA", 2, 4), true);
        connection.Add(Packet("A", 9, 0, window: 0), false);

        Assert.Equal("^DTaw", connection.History);
    }

    [Fact]
    public void Every_letter_of_both_sides_has_room()
    {
        var connection = new TcpConversation();
        connection.TurnRound();
        foreach (var isForward in (bool[])[true, false])
        {
            foreach (var flags in (string[])["S", "SA", "A", "FA", "R", "FR", "SF"])
            {
                connection.Add(Packet(flags, 10, 0), isForward);
            }

            connection.Add(Packet("PA", 100, 5), isForward);
            connection.Add(Packet("PA", 100, 5, window: 0), isForward);
        }

        Assert.Equal(21, connection.History.Length);
        Assert.Equal(21, connection.History.Distinct().Count());
    }

    private static Packet Packet(string flags, uint sequence, int payload, int window = 1024)
    {
        var frame = Frames.IPv4("10.0.0.1", "10.0.0.2", 6, Frames.Tcp(1, 2, flags, sequence, 0, new byte[payload], window));
        Assert.Equal(PacketVerdict.Ip, PacketParser.Parse(frame, frame.Length, LinkType.Raw, out var packet));
        return packet;
    }
}
