using System.Net;

namespace AnomalyApi.Tests.Ingest;

/// <summary>What must be refused, each with its own clear answer, and leaves nothing behind.</summary>
public sealed class BadInputTests(BadInputTests.SmallLimit fixture) : IClassFixture<BadInputTests.SmallLimit>, IAsyncLifetime
{
    private const int Limit = 2048;

    private readonly TestService _service = fixture.Service;

    public ValueTask InitializeAsync() => default;

    /// <summary>After every test of this class.</summary>
    public async ValueTask DisposeAsync() => Assert.Empty((await _service.GetAsync("/v1/flows")).GetProperty("items").EnumerateArray());

    [Theory]
    [InlineData("\"protocol\":\"tcp\"", "\"protocol\":256", "protocol: '256' is not a whole number from 0 to 255 or an IANA name")]
    [InlineData("\"protocol\":\"tcp\"", "\"protocol\":\"tpc\"", "protocol: 'tpc' is not a whole number from 0 to 255 or an IANA name")]
    [InlineData("\"protocol\":\"tcp\"", "\"protocol\":\"tcp\",\"fwd_bytes\":-1", "fwd_bytes: '-1' is not a whole number from 0 to 9007199254740992.")]
    [InlineData("\"protocol\":\"tcp\"", "\"protocol\":\"tcp\",\"duration\":-0.5", "duration: '-0.5' is negative: the flow would end before it starts.")]
    [InlineData("10.0.0.5", "fe80::1%eth0", "src_ip: 'fe80::1%eth0' has a zone index, which means something on one machine only.")]
    [InlineData("\"start\":1785830400.25,", "", "start is missing.")]
    public async Task A_line_with_an_impossible_value_is_refused_with_its_reason(string good, string bad, string reason)
    {
        using var answer = await _service.PostAsync(SomeBodies.Lines(SomeBodies.Flow.Replace(good, bad, StringComparison.Ordinal)));
        var problem = await TestService.JsonAsync(answer, HttpStatusCode.UnprocessableEntity);
        var detail = await TestService.ProblemAsync(answer, HttpStatusCode.UnprocessableEntity, "no-flow-accepted");
        Assert.StartsWith($"The only line was rejected, so nothing was taken. The first: {reason}", detail, StringComparison.Ordinal);
        Assert.Equal(1, problem.GetProperty("received").GetInt32());
        Assert.StartsWith(reason, Assert.Single(problem.GetProperty("rejections").EnumerateArray()).GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_refused_with_their_place()
    {
        byte[] body = [.. "{\"start\":1785830400,\"service\":\""u8, 0xC3, 0x28, .. "\"}\n"u8];
        using var answer = await _service.PostAsync(body);
        Assert.Contains("Not valid UTF-8 at byte 32.", await TestService.ProblemAsync(answer, HttpStatusCode.UnprocessableEntity, "no-flow-accepted"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_packed_body_that_is_cut_short_is_refused(string encoding)
    {
        var lines = Enumerable.Range(0, 10).Select(i => SomeBodies.Flow.Replace("443", $"{i}", StringComparison.Ordinal));
        var body = encoding == "gzip" ? SomeBodies.Gzip(SomeBodies.Lines(lines)) : SomeBodies.Brotli(SomeBodies.Lines(lines));
        for (var length = 1; length < body.Length; length++)
        {
            using var answer = await _service.PostAsync(body[..length], encoding: encoding);
            var problem = await TestService.JsonAsync(answer, HttpStatusCode.BadRequest);
            var type = problem.GetProperty("type").GetString();
            // Of the first bytes nothing can be unpacked, not even the fault.
            if (type != "urn:anomaly-api:problem:empty-body" || length > 12)
            {
                Assert.StartsWith(
                    "The compressed body is damaged or cut short, and nothing of it was stored.",
                    await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "unreadable-body"),
                    StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_body_that_is_not_packed_as_it_says_is_refused(string encoding)
    {
        using var answer = await _service.PostAsync(SomeBodies.Ndjson, encoding: encoding);
        Assert.StartsWith(
            "The compressed body is damaged or cut short, and nothing of it was stored.",
            await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "unreadable-body"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packing_that_is_not_known_is_named_with_those_that_are()
    {
        using var answer = await _service.PostAsync(SomeBodies.Ndjson, encoding: "zstd");
        Assert.Equal("'zstd' is not one of: gzip, br, deflate.", await TestService.ProblemAsync(answer, HttpStatusCode.UnsupportedMediaType, "unsupported-content-encoding"));
        Assert.Equal("gzip, br, deflate", answer.Headers.GetValues("Accept-Encoding").Single());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("image/png")]
    public async Task A_content_type_that_is_not_known_is_named_with_those_that_are(string contentType)
    {
        using var answer = await _service.PostAsync(SomeBodies.Ndjson, contentType);
        var detail = await TestService.ProblemAsync(answer, HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        Assert.StartsWith($"'{contentType}' is not one of: application/json, application/x-ndjson", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_no_format_knows_is_told_which_there_are()
    {
        using var content = new ByteArrayContent("Good morning!"u8.ToArray());
        using var answer = await _service.Admin.PostAsync("/v1/flows", content);
        var detail = await TestService.ProblemAsync(answer, HttpStatusCode.UnsupportedMediaType, "unknown-format");
        Assert.StartsWith("Its first bytes fit none of: json, ndjson, zeek-conn", detail, StringComparison.Ordinal);
        Assert.EndsWith("Name its format in Content-Type.", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_small_bomb_of_no_named_format_is_refused()
    {
        var bomb = SomeBodies.Gzip([.. SomeBodies.Ndjson, .. Enumerable.Repeat((byte)'\n', 70 * 1024 * 1024)]);
        using var answer = await _service.PostAsync(bomb, "application/octet-stream");
        await TestService.ProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge, "body-too-large");
    }

    [Fact]
    public async Task Damaged_gzip_of_no_named_format_is_refused()
    {
        using var answer = await _service.PostAsync(SomeBodies.Gzip(SomeBodies.Ndjson)[..^9], "application/octet-stream");
        await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "unreadable-body");
    }

    [Theory]
    [InlineData("application/json", "[]")]
    [InlineData("application/x-zeek-conn", "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\n")]
    public async Task A_body_that_says_that_nothing_happened_is_taken(string contentType, string body)
    {
        using var answer = await _service.PostAsync(TestService.Utf8(body), contentType, key: "quiet " + contentType);
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal((0, 0, 0), (batch.GetProperty("received").GetInt32(), batch.GetProperty("accepted").GetInt32(), batch.GetProperty("rejected").GetInt32()));
    }

    [Theory]
    [InlineData("application/x-ndjson", "")]
    [InlineData("application/x-ndjson", " \n\t\r\n ")]
    [InlineData("application/json", "")]
    [InlineData("application/json", "  ")]
    [InlineData("application/x-zeek-conn", "\n\n")]
    public async Task A_body_without_a_flow_is_empty(string contentType, string body)
    {
        using var answer = await _service.PostAsync(TestService.Utf8(body), contentType);
        Assert.Equal("Send at least one flow.", await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "empty-body"));
    }

    [Theory]
    [InlineData("{\"start\":1}", "The body begins with an object. A JSON array of flows is expected; one object a line is application/x-ndjson.")]
    [InlineData("[{\"start\":1},", "The body ends after 13 bytes")]
    [InlineData("[{\"start\":1", "The body ends after 11 bytes, inside element 1 of the JSON array.")]
    [InlineData("[{\"start\":1}]]", "Not valid JSON at byte 14 of the body")]
    public async Task A_broken_JSON_array_is_refused_with_the_place(string body, string reason)
    {
        using var answer = await _service.PostAsync(TestService.Utf8(body), "application/json");
        Assert.StartsWith(reason, await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "unreadable-body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Good_flows_before_the_break_of_an_array_are_not_stored()
    {
        using var answer = await _service.PostAsync(TestService.Utf8($"[{SomeBodies.Flow},{SomeBodies.OtherFlow}"), "application/json");
        await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "unreadable-body");
    }

    [Theory]
    [InlineData("declared")]
    [InlineData("chunked")]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_body_over_the_limit_is_refused_however_it_comes(string how)
    {
        // Good flows first: what was read before the limit must not be stored.
        // Hardly above the limit where it is sent as it is, so that the client has sent all of it when the answer comes.
        var body = SomeBodies.Lines(Enumerable.Repeat(SomeBodies.Flow, how is "gzip" or "br" ? 500 : 22));
        using HttpContent content = how switch
        {
            "chunked" => new StreamContent(new UnknownLength(body)),
            "gzip" => new ByteArrayContent(SomeBodies.Gzip(body)),
            "br" => new ByteArrayContent(SomeBodies.Brotli(body)),
            _ => new ByteArrayContent(body),
        };
        content.Headers.ContentType = new("application/x-ndjson");
        if (how is "gzip" or "br")
        {
            Assert.InRange((await content.ReadAsByteArrayAsync()).Length, 1, Limit);
            content.Headers.ContentEncoding.Add(how);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/flows") { Content = content };
        // Asks before it sends, so that the refusal does not meet a client that is still writing.
        request.Headers.ExpectContinue = true;
        using var answer = await _service.Admin.SendAsync(request);
        Assert.Equal(
            "The body is larger than 2048 bytes (Ingest:MaxBodyBytes), before or after decompression. Send less at a time.",
            await TestService.ProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge, "body-too-large"));
    }

    [Fact]
    public async Task An_anomalous_amount_of_nesting_is_refused()
    {
        var deep = SomeBodies.Flow.Replace("{", "{\"x\":" + new string('[', 500) + new string(']', 500) + ",", StringComparison.Ordinal);
        using var answer = await _service.PostAsync(SomeBodies.Lines(deep));
        await TestService.ProblemAsync(answer, HttpStatusCode.UnprocessableEntity, "no-flow-accepted");
    }

    /// <summary>A service that takes small bodies only.</summary>
    public sealed class SmallLimit : IAsyncLifetime
    {
        private TestService? _service;

        internal TestService Service => _service!;

        public async ValueTask InitializeAsync() => _service = await TestService.StartAsync(settings: ("Ingest:MaxBodyBytes", $"{Limit}"));

        public ValueTask DisposeAsync() => _service?.DisposeAsync() ?? default;
    }

    private sealed class UnknownLength(byte[] body) : MemoryStream(body)
    {
        public override bool CanSeek => false;
    }
}
