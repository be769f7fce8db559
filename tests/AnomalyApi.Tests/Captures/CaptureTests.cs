using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AnomalyApi.Security;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Captures;

public sealed class CaptureTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly TestService _service = shared.Service;

    [Fact]
    public async Task A_file_is_read_in_the_background_and_its_flows_are_stored()
    {
        var name = "office ✈ 1.ndjson.gz";
        using var answer = await SendAsync(_service.Admin, SomeBodies.Gzip([.. OfficeTraffic.Ndjson(25_000), .. "not a flow\n"u8]), name, "?sensor=capture-1");

        var capture = await TestService.JsonAsync(answer, HttpStatusCode.Accepted);
        var location = answer.Headers.Location!.ToString();
        Assert.Equal($"/v1/captures/{capture.GetProperty("id").GetString()}", location);
        var done = await EndOfAsync(_service, location);
        Assert.Equal("succeeded", done.GetProperty("status").GetString());
        Assert.Equal((name, "ndjson", 1.0), (done.GetProperty("file_name").GetString(), done.GetProperty("format").GetString(), done.GetProperty("progress").GetDouble()));
        Assert.Equal((25_000, 1), (done.GetProperty("accepted").GetInt32(), done.GetProperty("rejected").GetInt32()));
        Assert.Equal(25_001, done.GetProperty("rejections")[0].GetProperty("line").GetInt32());
        Assert.True((await _service.GetAsync("/v1/stats")).GetProperty("flows").GetInt32() >= 25_000);
        Assert.Equal(1_000, (await _service.GetAsync("/v1/flows?sensor=office-1&limit=1000")).GetProperty("items").GetArrayLength());
        Assert.Contains((await _service.GetAsync("/v1/captures")).EnumerateArray(), other => other.GetProperty("id").GetString() == capture.GetProperty("id").GetString());

        using var late = await _service.Admin.DeleteAsync(location, TestContext.Current.CancellationToken);
        Assert.EndsWith("is succeeded; only one that waits or is being read can be stopped.", await TestService.ProblemAsync(late, HttpStatusCode.Conflict, "capture-ended"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Good morning!", "Its first bytes fit none of: json, ndjson, zeek-conn")]
    [InlineData("[{\"start\":1,]", "Element 1 of the array: Not valid JSON")]
    public async Task A_file_that_cannot_be_read_fails_with_its_reason(string content, string reason)
    {
        using var answer = await SendAsync(_service.Admin, TestService.Utf8(content), "x");
        await TestService.JsonAsync(answer, HttpStatusCode.Accepted);

        var done = await EndOfAsync(_service, answer.Headers.Location!.ToString());

        Assert.Equal("failed", done.GetProperty("status").GetString());
        Assert.StartsWith(reason, done.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sender_may_say_what_the_first_bytes_do_not()
    {
        var odd = TestService.Utf8("Begin;Client;Server;How\n1785830400250;10.0.0.5;192.0.2.80;6\n");
        using var mapped = await SendAsync(_service.Admin, odd, "odd.txt", "?map=start=Begin:ms,src_ip=Client,dst_ip=Server,protocol=How");
        var done = await EndOfAsync(_service, mapped.Headers.Location!.ToString());
        Assert.Equal(("csv", 1), (done.GetProperty("format").GetString(), done.GetProperty("accepted").GetInt32()));

        using var wrong = await SendAsync(_service.Admin, odd, "odd.txt", "?format=netfow");
        Assert.StartsWith("format: 'netfow' is not one of: json,", await TestService.ProblemAsync(wrong, HttpStatusCode.BadRequest, "invalid-parameter"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stands_before_a_damage_is_stored()
    {
        var packed = SomeBodies.Gzip(OfficeTraffic.Ndjson(3_000));
        using var cut = await SendAsync(_service.Admin, packed[..(packed.Length / 2)], "cut.gz", "?sensor=cut");
        var done = await EndOfAsync(_service, cut.Headers.Location!.ToString());
        Assert.Equal("failed", done.GetProperty("status").GetString());
        Assert.StartsWith("The file's packing is damaged or cut short", done.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.InRange(done.GetProperty("accepted").GetInt32(), 1_000, 2_000);

        var array = TestService.Utf8($"[{SomeBodies.Flow},{SomeBodies.OtherFlow},{{]");
        using var broken = await SendAsync(_service.Admin, array, "broken.json");
        done = await EndOfAsync(_service, broken.Headers.Location!.ToString());
        Assert.Equal(("failed", 2), (done.GetProperty("status").GetString(), done.GetProperty("accepted").GetInt32()));
    }

    [Fact]
    public async Task A_capture_whose_file_is_gone_or_that_ends_the_process_each_time_fails()
    {
        var folder = Path.Combine(Path.GetTempPath(), "anomaly-capture-" + Guid.NewGuid().ToString("N")[..10]);
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "captures"));
            await File.WriteAllTextAsync(Path.Combine(folder, "captures", "spool.id"), "s", TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(Path.Combine(folder, "captures", "deadly.capture"), SomeBodies.Ndjson, TestContext.Current.CancellationToken);
            await using (var service = await Durability.ServiceProcess.StartAsync(folder))
            {
                await service.KillAsync();
            }

            await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, "anomaly.db")};Pooling=false"))
            {
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                foreach (var (id, attempts) in new[] { ("gone", 0), ("deadly", 3) })
                {
                    await using var insert = connection.CreateCommand();
                    insert.CommandText =
                        $$"""
                          insert into capture (id, spool, file_name, bytes, status, attempts, bytes_read, accepted, duplicates, rejected, anomalies, rejections, skipped, cancel_requested, created_at)
                          values ('{{id}}', 's', 'x', 1, 'running', {{attempts}}, 0, 0, 0, 0, 0, '[]', '{}', 0, 1)
                          """;
                    await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
                }
            }

            await using var again = await Durability.ServiceProcess.StartAsync(folder);
            using var admin = again.Client();
            foreach (var (id, reason) in new[] { ("gone", "The file is gone"), ("deadly", "The service ended 3 times") })
            {
                await TestService.UntilAsync(async () => (await GetAsync(admin, $"/v1/captures/{id}")).GetProperty("status").GetString() == "failed", "the end of a capture");
                Assert.StartsWith(reason, (await GetAsync(admin, $"/v1/captures/{id}")).GetProperty("error").GetString(), StringComparison.Ordinal);
            }

            Assert.False(File.Exists(Path.Combine(folder, "captures", "deadly.capture")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_no_file_is_refused_and_told_what_is_wanted()
    {
        using var plain = await _service.PostAsync(SomeBodies.Ndjson, path: "/v1/captures");
        Assert.StartsWith("Send the file as multipart/form-data with a boundary, in a field named 'file'.", await TestService.ProblemAsync(plain, HttpStatusCode.UnsupportedMediaType, "unsupported-media-type"), StringComparison.Ordinal);

        using var empty = new MultipartFormDataContent { { new StringContent("text"), "file" } };
        using var none = await _service.Admin.PostAsync("/v1/captures", empty, TestContext.Current.CancellationToken);
        Assert.StartsWith("file: is missing", await TestService.ProblemAsync(none, HttpStatusCode.BadRequest, "invalid-parameter"), StringComparison.Ordinal);

        using var query = await SendAsync(_service.Admin, SomeBodies.Ndjson, "x", "?senor=a");
        await TestService.ProblemAsync(query, HttpStatusCode.BadRequest, "invalid-parameter");

        using var cut = new ByteArrayContent("--b\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\nabc"u8.ToArray());
        cut.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        using var damaged = await _service.Admin.PostAsync("/v1/captures", cut, TestContext.Current.CancellationToken);
        await TestService.ProblemAsync(damaged, HttpStatusCode.BadRequest, "unreadable-body");

        using var unknown = await _service.Admin.GetAsync("/v1/captures/x", TestContext.Current.CancellationToken);
        await TestService.ProblemAsync(unknown, HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task The_name_of_a_file_is_shown_and_never_a_path()
    {
        using var answer = await SendAsync(_service.Admin, SomeBodies.Ndjson, "..\\..\\C:\\evil/../name.ndjson");
        Assert.Equal("name.ndjson", (await TestService.JsonAsync(answer, HttpStatusCode.Accepted)).GetProperty("file_name").GetString());
        await EndOfAsync(_service, answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Only_sensors_hand_in_and_readers_look()
    {
        using var reader = await _service.ClientWithAsync(Roles.Reader);
        using var sensor = await _service.ClientWithAsync(Roles.Sensor);
        using var refused = await SendAsync(reader, SomeBodies.Ndjson, "x");
        await TestService.ProblemAsync(refused, HttpStatusCode.Forbidden, "forbidden");
        using var taken = await SendAsync(sensor, SomeBodies.Ndjson, "x");
        await TestService.JsonAsync(taken, HttpStatusCode.Accepted);
        using var seen = await reader.GetAsync(taken.Headers.Location, TestContext.Current.CancellationToken);
        await TestService.JsonAsync(seen, HttpStatusCode.OK);
        await EndOfAsync(_service, taken.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_file_above_the_limit_is_refused_by_the_name_of_the_setting()
    {
        await using var service = await TestService.StartAsync(settings: [("Captures:MaxBytes", "2000"), ("Captures:MaxUnpackedBytes", "100000")]);
        using var large = await SendAsync(service.Admin, new byte[100_000], "x");
        Assert.Contains("(Captures:MaxBytes)", await TestService.ProblemAsync(large, HttpStatusCode.RequestEntityTooLarge, "body-too-large"), StringComparison.Ordinal);

        using var bomb = await SendAsync(service.Admin, SomeBodies.Gzip([.. SomeBodies.Ndjson, .. Enumerable.Repeat((byte)'\n', 1_000_000)]), "x");
        var done = await EndOfAsync(service, bomb.Headers.Location!.ToString());
        Assert.Equal(("failed", "Unpacked, the body is larger than 100000 bytes. (Captures:MaxUnpackedBytes)"), (done.GetProperty("status").GetString(), done.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task A_reading_that_is_cut_off_goes_on_after_the_restart_and_stores_each_flow_once()
    {
        const int Flows = 150_000;
        var folder = Path.Combine(Path.GetTempPath(), "anomaly-capture-" + Guid.NewGuid().ToString("N")[..10]);
        try
        {
            string location;
            await using (var service = await Durability.ServiceProcess.StartAsync(folder))
            {
                using var client = service.Client();
                using var answer = await SendAsync(client, SomeBodies.Gzip(OfficeTraffic.Ndjson(Flows)), "large.gz");
                location = answer.Headers.Location!.ToString();
                await TestService.UntilAsync(async () => (await GetAsync(client, location)).GetProperty("accepted").GetInt32() > 0, "the first ten thousand flows");
                await service.KillAsync();
            }

            await using var again = await Durability.ServiceProcess.StartAsync(folder);
            using var admin = again.Client();
            await TestService.UntilAsync(async () => (await GetAsync(admin, location)).GetProperty("status").GetString() == "succeeded", "the end of the capture");
            Assert.Equal(Flows, (await GetAsync(admin, location)).GetProperty("accepted").GetInt32());
            Assert.Equal(Flows, (await GetAsync(admin, "/v1/stats")).GetProperty("flows").GetInt32());
            Assert.Empty(Directory.GetFiles(Path.Combine(folder, "captures"), "*.capture"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return await TestService.JsonAsync(answer, HttpStatusCode.OK);
    }

    private static async Task<JsonElement> EndOfAsync(TestService service, string location)
    {
        await TestService.UntilAsync(async () => (await service.GetAsync(location)).GetProperty("finished_at").ValueKind == JsonValueKind.String, "the end of a capture");
        return await service.GetAsync(location);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, byte[] file, string name, string query = "")
    {
        using var content = new MultipartFormDataContent { { new ByteArrayContent(file), "file", name } };
        return await client.PostAsync("/v1/captures" + query, content, TestContext.Current.CancellationToken);
    }
}
