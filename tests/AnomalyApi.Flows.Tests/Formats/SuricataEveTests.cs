using System.Text;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.SuricataEve;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

public class SuricataEveTests
{
    private const string Eve = "application/x-suricata-eve";

    [Theory]
    [InlineData("02", "14", ConnectionState.Rej)]
    [InlineData("02", "00", ConnectionState.S0)]
    [InlineData("1b", "1b", ConnectionState.SF)]
    [InlineData("1a", "1a", ConnectionState.S1)]
    [InlineData("13", "12", ConnectionState.S2)]
    [InlineData("12", "13", ConnectionState.S3)]
    [InlineData("16", "12", ConnectionState.Rsto)]
    [InlineData("12", "16", ConnectionState.Rstr)]
    [InlineData("17", "17", ConnectionState.Unknown)]
    [InlineData("06", "00", ConnectionState.Rstos0)]
    [InlineData("03", "00", ConnectionState.SH)]
    [InlineData("00", "16", ConnectionState.Rstrh)]
    [InlineData("00", "13", ConnectionState.Shr)]
    [InlineData("10", "12", ConnectionState.Oth)]
    [InlineData("18", "10", ConnectionState.Oth)]
    [InlineData("02", "10", ConnectionState.Unknown)]
    [InlineData("00", "00", ConnectionState.Unknown)]
    public async Task The_flags_of_both_sides_tell_how_a_connection_went(string toServer, string toClient, ConnectionState state)
    {
        using var flows = await ReadAsync(Flow(1, $$""","tcp":{"tcp_flags":"1f","tcp_flags_ts":"{{toServer}}","tcp_flags_tc":"{{toClient}}"}"""));

        Assert.Equal(state, flows.State[0]);
        Assert.Equal(0x1F, flows.TcpFlags[0]);
    }

    [Fact]
    public async Task After_a_bypass_nothing_is_claimed()
    {
        using var flows = await ReadAsync(Flow(1, ""","tcp":{"tcp_flags":"12","tcp_flags_ts":"02","tcp_flags_tc":"12"}""", state: "bypassed"));

        Assert.Equal(ConnectionState.Unknown, flows.State[0]);
    }

    [Fact]
    public async Task Alerts_mark_their_flow_whichever_comes_first_and_the_most_severe_wins()
    {
        using var flows = await ReadAsync(
            Alert(1, 2, "second"), Flow(1), Alert(1, 1, "first"), Alert(1, 1, "another"), Flow(2), Alert(3, 3, "only asked"), Flow(3), Flow(1));

        string?[] labels = ["alert: first", null, "informational alert: only asked", "alert: first"];
        Assert.Equal((IEnumerable<string?>)labels, flows.Label.ToArray());
    }

    [Fact]
    public void A_flow_that_was_taken_out_of_the_batch_is_not_touched()
    {
        using var batch = FlowBatch.Rent();
        using var events = new EveReader();
        var target = new FlowReadTarget(batch);
        events.ReadLine(Encoding.UTF8.GetBytes(Flow(1)), 1, target);
        batch.Clear();
        events.ReadLine(Encoding.UTF8.GetBytes(Flow(2)), 2, target);
        events.ReadLine(Encoding.UTF8.GetBytes(Alert(1, 1, "late")), 3, target);

        Assert.Null(Assert.Single(batch.Label.ToArray()));
    }

    [Fact]
    public async Task Once_a_flow_event_came_netflow_events_are_skipped()
    {
        var netflow = Flow(1).Replace("\"event_type\":\"flow\"", "\"event_type\":\"netflow\"", StringComparison.Ordinal)
            .Replace("\"flow\":{", "\"netflow\":{", StringComparison.Ordinal);
        var target = await FlowBodies.ReadAsync(Eve, string.Join('\n', Flow(1), netflow, netflow));
        using var batch = target.Batch;

        Assert.Equal((1, 2, 0), (batch.Count, target.Skipped["netflow"], target.RejectedCount));
        using var alone = await ReadAsync(netflow, netflow);
        Assert.Equal(2, alone.Count);
    }

    // Multiplied by the golden ratio these share their middle bits: they are its inverse times small steps.
    [Fact]
    public void Flow_ids_chosen_to_collide_cost_no_more_than_others()
    {
        const ulong inverse = 0xF1DE_83E1_9937_733D;
        Assert.Equal(1ul, unchecked(inverse * 0x9E37_79B9_7F4A_7C15));
        var chosen = TimeOf(i => unchecked(inverse * i));
        var benign = TimeOf(i => i * 7919);

        Assert.True(chosen < (20 * benign) + TimeSpan.FromMilliseconds(300), $"{chosen} for chosen ids, {benign} for others.");

        static TimeSpan TimeOf(Func<ulong, ulong> id)
        {
            using var table = new FlowIdTable<int>();
            var watch = System.Diagnostics.Stopwatch.StartNew();
            for (var i = 1ul; i <= 40_000; i++)
            {
                table.Set(id(i), 1);
            }

            return watch.Elapsed;
        }
    }

    [Fact]
    public async Task A_signature_without_end_is_cut_between_characters()
    {
        using var flows = await ReadAsync(Alert(1, 1, string.Concat(Enumerable.Repeat("ü", 300))), Flow(1));

        Assert.InRange(Encoding.UTF8.GetByteCount(flows.Label[0]!), 250, 255);
        Assert.DoesNotContain('\uFFFD', flows.Label[0]!);
    }

    [Fact]
    public void Of_many_flow_ids_the_last_are_remembered_and_memory_ends()
    {
        using var table = new FlowIdTable<int>();
        for (var i = 0; i < 1_000_000; i++)
        {
            table.Set((ulong)i * 7, i);
        }

        for (var i = 950_000; i < 1_000_000; i++)
        {
            Assert.True(table.TryGet((ulong)i * 7, out var value) && value == i);
        }

        Assert.False(table.TryGet(7 * 800_000, out _));
        Assert.False(table.TryGet(3, out _));
        table.Set(0, 5);
        Assert.True(table.TryGet(0, out var zero) && zero == 5);
    }

    [Theory]
    [InlineData("""{"event_type":"flow","src_ip":"10.0.0.1","src_ip":"10.0.0.2"}""", "src_ip stands twice.")]
    [InlineData("""{"event_type":"flow","src_ip":"10.0.0.1","dest_ip":"10.0.0.2","proto":"TCP"}""", "flow.start is missing.")]
    [InlineData("""{"event_type":"netflow","src_ip":"10.0.0.1","dest_ip":"10.0.0.2","proto":"TCP"}""", "netflow.start is missing.")]
    [InlineData("""{"event_type":"flow","src_ip":"10.0.0.1","dest_ip":"10.0.0.2","proto":"TCP","flow":{"start":"2026-03-02T08:00:02Z","end":"2026-03-02T08:00:01Z"}}""", "flow.end is before flow.start.")]
    [InlineData("""{"event_type":"flow","src_ip":"10.0.0.1","dest_ip":"10.0.0.2","proto":"TCP","tcp":{"tcp_flags":"xx"},"flow":{"start":"2026-03-02T08:00:02Z"}}""", "tcp.tcp_flags: 'xx' is not two hexadecimal digits.")]
    [InlineData("[1]", "A record is a JSON object, and this is an array.")]
    [InlineData("""{"event_type":7}""", "event_type is missing, so this is no event of Suricata.")]
    public async Task What_is_wrong_is_said(string line, string reason)
    {
        var target = await FlowBodies.ReadAsync(Eve, line);
        using var batch = target.Batch;

        Assert.Equal(reason, Assert.Single(target.Rejections).Reason);
    }

    private static async Task<FlowBatch> ReadAsync(params string[] lines)
    {
        var target = await FlowBodies.ReadAsync(Eve, string.Join('\n', lines));
        Assert.Empty(target.Rejections);
        return target.Batch;
    }

    private static string Flow(int id, string more = "", string state = "closed") =>
        $$"""{"timestamp":"2026-03-02T08:00:12.5+0000","flow_id":{{id}},"event_type":"flow","src_ip":"10.0.0.1","src_port":1,"dest_ip":"10.0.0.2","dest_port":2,"proto":"TCP","flow":{"start":"2026-03-02T08:00:02Z","state":"{{state}}"}{{more}}}""";

    private static string Alert(int id, int severity, string signature) =>
        $$$"""{"timestamp":"2026-03-02T08:00:12.5+0000","flow_id":{{{id}}},"event_type":"alert","alert":{"signature":"{{{signature}}}","severity":{{{severity}}}}}""";
}
