using System.Text;

namespace AnomalyApi.Flows.Tests;

/// <summary>Protocols, states, directions and flags as text.</summary>
public class WordsTests
{
    [Fact]
    public void Every_protocol_is_read_by_number_and_by_the_name_it_is_given()
    {
        for (var number = 0; number < 256; number++)
        {
            Assert.True(IpProtocols.TryParse(Encoding.ASCII.GetBytes($"{number}"), out var read));
            Assert.Equal(number, read);
            if (IpProtocols.NameOf((byte)number) is { } name)
            {
                Assert.True(IpProtocols.TryParse(Encoding.ASCII.GetBytes(name.ToUpperInvariant()), out read));
                Assert.Equal(number, read);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("256")]
    [InlineData("-1")]
    [InlineData("6 ")]
    [InlineData("tpc")]
    [InlineData("xcp")]
    [InlineData("udcp")]
    [InlineData("ucp")]
    [InlineData("tdp")]
    [InlineData("täp")]
    [InlineData("a-protocol-with-a-long-name")]
    public void What_is_no_protocol_is_refused(string text) => Assert.False(IpProtocols.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void States_and_directions_survive_their_words()
    {
        foreach (var state in Enum.GetValues<ConnectionState>().Where(state => state != ConnectionState.Unknown))
        {
            Assert.True(ConnectionStates.TryParse(Encoding.ASCII.GetBytes(ConnectionStates.NameOf(state)!), out var read));
            Assert.Equal(state, read);
            Assert.Equal(state.ToString(), ConnectionStates.NameOf(state), ignoreCase: true);
        }

        foreach (var direction in Enum.GetValues<FlowDirection>().Where(direction => direction != FlowDirection.Unknown))
        {
            Assert.True(FlowDirections.TryParse(Encoding.ASCII.GetBytes(FlowDirections.NameOf(direction)!), out var read));
            Assert.Equal(direction, read);
        }

        Assert.Null(ConnectionStates.NameOf(ConnectionState.Unknown));
        Assert.Null(FlowDirections.NameOf(FlowDirection.Unknown));
    }

    [Fact]
    public void Flags_survive_their_letters()
    {
        for (var flags = 0; flags < 256; flags++)
        {
            Assert.True(TcpFlagLetters.TryParse(Encoding.ASCII.GetBytes(TcpFlagLetters.NameOf((byte)flags)), out var read));
            Assert.Equal(flags, read);
        }

        Assert.True(TcpFlagLetters.TryParse("saf"u8, out var lower));
        Assert.Equal("FSA", TcpFlagLetters.NameOf(lower));
        Assert.False(TcpFlagLetters.TryParse("SX"u8, out _));
        Assert.False(TcpFlagLetters.TryParse("\u0013"u8, out _));
    }
}
