using AnomalyApi.Flows.Formats;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

public class ZeekConnTests
{
    private const string ZeekConn = "application/x-zeek-conn";
    private const string Header = "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\n";

    [Theory]
    [InlineData("1713508200\t10.0.0.5\t1\t10.0.0.6\t2\ttcp\tSF\n", "before a #fields line")]
    [InlineData("[{}]", "before a #fields line")]
    [InlineData("#path\tdns\n", "'dns' log")]
    [InlineData("#separator \\x0\n", "not one byte")]
    [InlineData("#fields\tts\tproto\n", "id.orig_h, id.resp_h, conn_state")]
    [InlineData("#fields\tts\tid.orig_h\tid.resp_h\tproto\tconn_state\tts\n", "names ts twice")]
    public async Task A_body_that_is_no_conn_log_is_refused(string body, string text)
    {
        var refusal = await Assert.ThrowsAsync<FlowFormatException>(() => FlowBodies.ReadAsync(ZeekConn, body));

        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("S", "S")]
    [InlineData("Sr", "SR")]
    [InlineData("ShADadfF", "FSA")]
    [InlineData("^d", "A")]
    [InlineData("CcGgWwIiQq^Xx", "")]
    public async Task History_gives_the_union_of_the_flags_for_TCP_only(string history, string flags)
    {
        var header = Header.Replace("conn_state", "conn_state\thistory", StringComparison.Ordinal);

        var target = await FlowBodies.ReadAsync(
            ZeekConn, $"{header}1713508200\t10.0.0.5\t1\t10.0.0.6\t2\ttcp\tSF\t{history}\n1713508200\t10.0.0.5\t1\t10.0.0.6\t2\tudp\tSF\t{history}\n");

        using var batch = target.Batch;
        Assert.Equal(flags, TcpFlagLetters.NameOf((byte)batch.TcpFlags[0]));
        Assert.Equal(-1, batch.TcpFlags[1]);
    }

    [Fact]
    public async Task CRLF_lines_and_comments_are_taken()
    {
        var target = await FlowBodies.ReadAsync(
            ZeekConn, (Header + "# a comment\n#close\n1713508200\t10.0.0.5\t1\t10.0.0.6\t2\ttcp\tSF\n").Replace("\n", "\r\n", StringComparison.Ordinal));

        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        Assert.Equal(ConnectionState.SF, batch.State[0]);
    }

    [Fact]
    public async Task An_unset_state_is_a_missing_state()
    {
        var target = await FlowBodies.ReadAsync(ZeekConn, Header + "1713508200\t10.0.0.5\t1\t10.0.0.6\t2\ttcp\t-\n");

        using var batch = target.Batch;
        Assert.Equal(ConnectionState.Unknown, batch.State[0]);
    }

    [Fact]
    public async Task A_log_with_a_header_and_no_flows_is_read()
    {
        var target = await FlowBodies.ReadAsync(ZeekConn, "#separator \\x09\n#path\tconn\n" + Header + "#close\t2024-04-19\n");

        using var batch = target.Batch;
        Assert.Equal(0, target.ReceivedCount);
    }

    [Fact]
    public async Task Invalid_UTF8_rejects_its_line_only()
    {
        byte[] body = [.. "#fields\tts\tid.orig_h\tid.resp_h\tproto\tconn_state\tservice\n"u8,
            .. "1\t10.0.0.5\t10.0.0.6\ttcp\tSF\ta"u8, 0xFF, .. "\n1\t10.0.0.5\t10.0.0.6\ttcp\tSF\tb\n"u8];

        var target = await FlowBodies.ReadAsync(ZeekConn, body);

        using var batch = target.Batch;
        Assert.Equal("b", Assert.Single(batch.Service.ToArray()));
        Assert.Contains("not valid UTF-8", Assert.Single(target.Rejections).Reason, StringComparison.Ordinal);
    }
}
