using System.Text;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

/// <summary>What is the same in the JSON array and in NDJSON, and where the two differ.</summary>
public class NativeFlowTests
{
    private const string Json = "application/json";
    private const string Ndjson = "application/x-ndjson";

    [Theory]
    [InlineData(Json)]
    [InlineData(Ndjson)]
    public async Task What_is_written_is_read_again(string mediaType)
    {
        var traffic = new SyntheticTraffic(3, Some.Start);
        List<FlowRecord> flows =
        [
            .. traffic.Normal(500), Some.Flow(duration: null, service: "dié \"x\" \\ ✓", protocol: 200, tcpFlags: 0),
            Some.Flow(duration: 0.000001, forwardBytes: 1L << 53, source: "2001:db8::1", destination: "2001:db8::2"),
        ];
        var withIds = flows.Select(flow => flow with { CommunityId = "1:x" }).ToList();

        var target = await FlowBodies.ReadAsync(mediaType, mediaType == Json ? NativeFlowJson.ToJsonArray(withIds) : NativeFlowJson.ToNdjson(withIds));

        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        Assert.Equal(withIds, Enumerable.Range(0, batch.Count).Select(batch.Record));
    }

    [Theory]
    [InlineData("\"service\":\"LONG\"", "service: ")]
    [InlineData("\"community_id\":\"LONG\"", "longer than 255 bytes")]
    [InlineData("\"sensor\":\"a\\u0085b\"", "control characters")]
    [InlineData("\"src_ip\":5", "src_ip is a number; text is wanted")]
    [InlineData("\"src_ip\":\"10.0.0.300\"", "not an IPv4 or IPv6 address")]
    [InlineData("\"src_port\":1.5", "whole number from 0 to 65535")]
    [InlineData("\"src_port\":true", "src_port is true or false; a number is wanted")]
    [InlineData("\"fwd_bytes\":9007199254740993", "whole number from 0 to 9007199254740992")]
    [InlineData("\"fwd_bytes\":1e400", "whole number")]
    [InlineData("\"duration\":315619200", "more than ten years")]
    [InlineData("\"duration\":\"1\"", "duration is text; a number is wanted")]
    [InlineData("\"tcp_flags\":256", "from 0 to 255 or letters")]
    [InlineData("\"direction\":\"sideways\"", "inbound, outbound, internal, external")]
    [InlineData("\"label\":{}", "label is an object; text is wanted")]
    public async Task A_value_out_of_its_limits_rejects_the_flow_with_a_reason(string field, string reason)
    {
        var flow = "{\"start\":1713508200,\"src_ip\":\"10.0.0.5\",\"dst_ip\":\"10.0.0.6\",\"protocol\":6," + field.Replace("LONG", new string('x', 256), StringComparison.Ordinal) + "}";
        flow = field.StartsWith("\"src_ip", StringComparison.Ordinal) ? flow.Replace("\"src_ip\":\"10.0.0.5\",", "", StringComparison.Ordinal) : flow;

        var target = await FlowBodies.ReadAsync(Ndjson, flow);

        using var batch = target.Batch;
        Assert.Equal(0, batch.Count);
        Assert.Contains(reason, Assert.Single(target.Rejections).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"src_port\":80.0,\"dst_port\":4.43e2")]
    [InlineData("\"tcp_flags\":\"\",\"service\":\"\",\"label\":null")]
    [InlineData("\"unknown\":{\"a\":[1,{\"b\":\"}\"}]},\"\\u0073ensor\":\"x\"")]
    [InlineData("\"state\":\"rsto\",\"direction\":\"Inbound\",\"fwd_bytes\":9007199254740992")]
    public async Task A_value_within_its_limits_is_taken(string fields)
    {
        var target = await FlowBodies.ReadAsync(Ndjson, "{\"start\":1713508200,\"src_ip\":\"10.0.0.5\",\"dst_ip\":\"10.0.0.6\",\"protocol\":6," + fields + "}");

        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        Assert.Equal(1, batch.Count);
    }

    [Fact]
    public async Task NDJSON_takes_CRLF_a_byte_order_mark_and_a_last_line_without_end()
    {
        var line = NativeFlowJson.ToJson(Some.Flow());

        var target = await FlowBodies.ReadAsync(Ndjson, $"\uFEFF{line}\r\n\r\n  \t\r\n{line}");

        using var batch = target.Batch;
        Assert.Empty(target.Rejections);
        Assert.Equal([1, 4], batch.Line.ToArray());
    }

    [Fact]
    public async Task Invalid_UTF8_rejects_its_line_only()
    {
        var line = NativeFlowJson.ToNdjson([Some.Flow()]);
        var bad = (byte[])line.Clone();
        bad[20] = 0xFF;

        var target = await FlowBodies.ReadAsync(Ndjson, [.. line, .. bad, .. line]);

        using var batch = target.Batch;
        Assert.Equal(2, batch.Count);
        Assert.Equal(new FlowRejection(2, "Not valid UTF-8 at byte 21."), Assert.Single(target.Rejections));
    }

    [Fact]
    public async Task Ten_thousand_bad_lines_among_good_are_counted_and_a_hundred_listed()
    {
        var body = new StringBuilder();
        var good = NativeFlowJson.ToJson(Some.Flow());
        for (var i = 0; i < 10_000; i++)
        {
            body.Append("{\"start\":").Append(i).Append('\n').Append(good).Append('\n');
        }

        var target = await FlowBodies.ReadAsync(Ndjson, body.ToString());

        using var batch = target.Batch;
        Assert.Equal((10_000, 10_000, FlowReadTarget.ListedRejections), (batch.Count, target.RejectedCount, target.Rejections.Count));
        Assert.Equal(199, target.Rejections[^1].Line);
    }

    [Theory]
    [InlineData("{}", "application/x-ndjson")]
    [InlineData("x", "begins with 'x'")]
    [InlineData("[", "ends after 1 bytes")]
    [InlineData("[{}", "ends after 3 bytes")]
    [InlineData("[{\"a\":\"", "inside element 1")]
    [InlineData("[{},]", "where element 2 is expected")]
    [InlineData("[,]", "where element 1 is expected")]
    [InlineData("[{} {}]", "behind element 1, where ',' or ']' is expected")]
    [InlineData("[]]", "behind the end of the array")]
    [InlineData("[{a}]", "Element 1 of the array: Not valid JSON at byte 2")]
    [InlineData("[{\"a\":1]]", "Element 1 of the array: Not valid JSON at byte 7")]
    [InlineData("[nul]", "Element 1")]
    [InlineData("[{}] x", "behind the end of the array")]
    public async Task A_body_that_is_no_JSON_array_is_refused_with_the_place(string body, string text)
    {
        var refusal = await Assert.ThrowsAsync<FlowFormatException>(() => FlowBodies.ReadAsync(Json, body));

        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Elements_that_are_no_flows_are_rejected_by_number()
    {
        var target = await FlowBodies.ReadAsync(Json, "[1, \"two]\", [3, [4]], null, {}, " + NativeFlowJson.ToJson(Some.Flow(service: "]}\\\"{[")) + "]");

        using var batch = target.Batch;
        Assert.Equal([1, 2, 3, 4, 5], target.Rejections.Select(rejection => rejection.Line));
        Assert.Equal([6], batch.Line.ToArray());
        Assert.Equal("]}\\\"{[", batch.Service[0]);
    }

    [Fact]
    public async Task An_element_nested_too_deep_is_rejected_and_the_next_is_read()
    {
        var deep = $"{{\"a\":{new string('[', 5_000)}{new string(']', 5_000)}}}";

        var target = await FlowBodies.ReadAsync(Json, $"[{deep},{NativeFlowJson.ToJson(Some.Flow())}]");

        using var batch = target.Batch;
        Assert.Equal(new FlowRejection(1, "Nested deeper than 32."), Assert.Single(target.Rejections));
        Assert.Equal([2], batch.Line.ToArray());
    }

    [Fact]
    public async Task Reading_allocates_only_the_Community_ID_of_each_flow()
    {
        var body = NativeFlowJson.ToNdjson(Enumerable.Range(0, 2_000).Select(i => Some.Flow(sourcePort: i)));
        (await FlowBodies.ReadAsync(Ndjson, body)).Batch.Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var target = await FlowBodies.ReadAsync(Ndjson, body);
        var perFlow = (GC.GetAllocatedBytesForCurrentThread() - before) / 2_000.0;
        target.Batch.Dispose();

        Assert.InRange(perFlow, 1, 110);
    }
}
