using System.Net;
using System.Text;
using System.Text.Json;
using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Tests.Ingest;

public sealed class BatchTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly TestService _service = shared.Service;

    public static TheoryData<string, string> Formats => new()
    {
        { "application/json", Encoding.UTF8.GetString(SomeBodies.Json) },
        { "application/x-ndjson", Encoding.UTF8.GetString(SomeBodies.Ndjson) },
        { "application/x-ndjson; charset=utf-8", Encoding.UTF8.GetString(SomeBodies.Ndjson) },
        { "application/x-zeek-conn", SomeBodies.ZeekTsv },
        { "application/x-zeek-conn", SomeBodies.ZeekJson },
    };

    public static TheoryData<string> CatalogFormats => [.. FlowFormatCatalog.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(CatalogFormats))]
    public async Task Samples_of_every_format_are_taken_by_their_name_and_by_their_first_bytes(string format)
    {
        var contentType = FlowFormatCatalog.All.Single(other => other.Name == format).ContentTypes[0];
        foreach (var expected in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "samples", format), "*.expected"))
        {
            var outcomes = (await File.ReadAllLinesAsync(expected)).Where(line => char.IsAsciiDigit(line[0])).ToList();
            var body = await File.ReadAllBytesAsync(expected[..^".expected".Length]);
            foreach (var (type, sent) in new[] { (contentType, body), ("application/octet-stream", body), ("application/octet-stream", SomeBodies.Gzip(body)) })
            {
                using var answer = await _service.PostAsync(sent, type);
                var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
                Assert.Equal(format, batch.GetProperty("format").GetString());
                Assert.Equal(outcomes.Count(line => line.Contains(": {\"start\":", StringComparison.Ordinal)), batch.GetProperty("accepted").GetInt32());
                Assert.Equal(outcomes.Count, batch.GetProperty("received").GetInt32());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Each_format_stores_the_same_two_flows(string contentType, string body)
    {
        var sensor = $"format {Guid.NewGuid()}";
        using var answer = await _service.PostAsync(TestService.Utf8(body), contentType, $"/v1/flows?sensor={sensor}");
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal((2, 2, 0), (batch.GetProperty("received").GetInt32(), batch.GetProperty("accepted").GetInt32(), batch.GetProperty("rejected").GetInt32()));
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);

        var flows = await FlowsOfAsync(sensor);
        Assert.Equal(["tcp", "udp"], flows.Select(flow => flow.GetProperty("protocol").GetString()));
        Assert.Equal([443, 53], flows.Select(flow => flow.GetProperty("dst_port").GetInt32()));
        Assert.All(flows, flow => Assert.Equal("10.0.0.5", flow.GetProperty("src_ip").GetString()));
    }

    [Fact]
    public async Task A_packed_body_stores_what_the_plain_one_does()
    {
        foreach (var (encoding, body) in new[] { ("gzip", SomeBodies.Gzip(SomeBodies.Ndjson)), ("br", SomeBodies.Brotli(SomeBodies.Ndjson)), ("identity", SomeBodies.Ndjson) })
        {
            using var answer = await _service.PostAsync(body, path: $"/v1/flows?sensor=packed-{encoding}", encoding: encoding);
            await TestService.JsonAsync(answer, HttpStatusCode.OK);
            Assert.Equal(2, (await FlowsOfAsync($"packed-{encoding}")).Count);
        }
    }

    [Fact]
    public async Task Bad_lines_are_counted_and_told_while_the_rest_is_stored()
    {
        var body = SomeBodies.Lines(
            SomeBodies.Flow,
            "not json",
            SomeBodies.Flow.Replace("192.0.2.80", "192.0.2.300", StringComparison.Ordinal),
            "",
            SomeBodies.OtherFlow);
        using var answer = await _service.PostAsync(body, path: "/v1/flows?sensor=mixed");
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal((4, 2, 2), (batch.GetProperty("received").GetInt32(), batch.GetProperty("accepted").GetInt32(), batch.GetProperty("rejected").GetInt32()));
        var rejections = batch.GetProperty("rejections").EnumerateArray().ToList();
        Assert.Equal([2, 3], rejections.Select(rejection => rejection.GetProperty("line").GetInt32()));
        Assert.Equal("dst_ip: '192.0.2.300' is not an IPv4 or IPv6 address.", rejections[1].GetProperty("reason").GetString());
        Assert.Equal(2, (await FlowsOfAsync("mixed")).Count);
    }

    [Fact]
    public async Task Of_ten_thousand_bad_lines_a_hundred_are_listed_and_all_are_counted()
    {
        var lines = Enumerable.Range(0, 10_100).Select(i => i % 101 == 100 ? SomeBodies.Flow : """{"start":1}""");
        using var answer = await _service.PostAsync(SomeBodies.Lines(lines), path: "/v1/flows?sensor=thousands");
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal(100, batch.GetProperty("accepted").GetInt32());
        Assert.Equal(10_000, batch.GetProperty("rejected").GetInt32());
        Assert.Equal(Enumerable.Range(1, 100), batch.GetProperty("rejections").EnumerateArray().Select(rejection => rejection.GetProperty("line").GetInt32()));
        Assert.Equal(100, (await FlowsOfAsync("thousands")).Count);
    }

    [Theory]
    [InlineData("none", false, false)]
    [InlineData("anomalies", true, false)]
    [InlineData("ALL", true, true)]
    [InlineData("", true, false)]
    public async Task The_answer_says_as_much_about_scores_as_was_asked_for(string scores, bool hasAnomalies, bool hasScores)
    {
        using var answer = await _service.PostAsync(SomeBodies.Ndjson, path: $"/v1/scores?scores={scores}");
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal(hasAnomalies, batch.TryGetProperty("anomalies", out _));
        Assert.Equal(hasScores, batch.TryGetProperty("scores", out var list));
        if (hasScores)
        {
            // Null until there is a model, but one for each flow all the same.
            Assert.Equal([JsonValueKind.Null, JsonValueKind.Null], list.EnumerateArray().Select(score => score.ValueKind));
        }
    }

    [Fact]
    public async Task Parameters_that_are_not_allowed_are_all_named_at_once()
    {
        using var answer = await _service.PostAsync(SomeBodies.Ndjson, path: $"/v1/flows?scores=2&batch_id=1&sensor={new string('x', 256)}");
        var detail = await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter");
        Assert.Contains("scores: '2' is not one of: none, anomalies, all.", detail, StringComparison.Ordinal);
        Assert.Contains("sensor: must have 1 to 255 characters", detail, StringComparison.Ordinal);

        using var lonely = await _service.PostAsync(SomeBodies.Ndjson, path: "/v1/flows?batch_id=7");
        Assert.Equal(
            "batch_id: names a batch of a sensor, so 'sensor' must be there too.",
            await TestService.ProblemAsync(lonely, HttpStatusCode.BadRequest, "invalid-parameter"));
    }

    [Fact]
    public async Task The_sensor_of_the_request_stands_in_where_a_flow_names_none()
    {
        var named = SomeBodies.Flow.Replace("{", """{"sensor":"its own",""", StringComparison.Ordinal);
        using var answer = await _service.PostAsync(SomeBodies.Lines(named, SomeBodies.Flow), path: "/v1/flows?sensor=stand-in");
        await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Single(await FlowsOfAsync("stand-in"));
        Assert.Single(await FlowsOfAsync("its own"));
    }

    [Fact]
    public async Task Scoring_alone_stores_nothing()
    {
        using var answer = await _service.PostAsync(SomeBodies.Ndjson, path: "/v1/scores?sensor=score-only");
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal(2, batch.GetProperty("accepted").GetInt32());
        Assert.False(batch.TryGetProperty("batch_id", out _));
        Assert.Empty(await FlowsOfAsync("score-only"));
    }

    [Fact]
    public async Task Scoring_alone_finds_anomalies_without_ids_and_stores_neither_them_nor_flows()
    {
        await using var service = await TestService.StartAsync();
        await service.LearnAsync();
        // Unlike anything in an office: a huge transfer to a rare port.
        var odd = """{"start":1713515400,"duration":36000,"src_ip":"10.0.0.5","dst_ip":"203.0.113.9","src_port":1,"dst_port":31337,"protocol":"tcp","fwd_packets":900000000,"rev_packets":1,"fwd_bytes":900000000000,"rev_bytes":1,"state":"RSTRH"}""";
        using var answer = await service.PostAsync(SomeBodies.Lines(odd), path: "/v1/scores?scores=all");
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal("1", answer.Headers.GetValues("Model-Version").Single());
        Assert.Equal(1, batch.GetProperty("model_version").GetInt32());
        Assert.Equal(30, batch.GetProperty("threshold").GetDouble());
        var score = Assert.Single(batch.GetProperty("scores").EnumerateArray()).GetDouble();
        Assert.InRange(score, 0, 100);
        Assert.Equal(score >= 30 ? 1 : 0, batch.GetProperty("anomalies").GetArrayLength());
        Assert.All(batch.GetProperty("anomalies").EnumerateArray(), anomaly => Assert.False(anomaly.TryGetProperty("id", out _)));
        Assert.Equal(2_000, (await service.GetAsync("/v1/stats")).GetProperty("flows").GetInt32());
    }

    private async Task<List<JsonElement>> FlowsOfAsync(string sensor) =>
        [.. (await _service.GetAsync($"/v1/flows?limit=1000&sensor={Uri.EscapeDataString(sensor)}")).GetProperty("items").EnumerateArray()];
}
