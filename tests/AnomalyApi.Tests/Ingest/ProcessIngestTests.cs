using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AnomalyApi.Tests.Ingest;

/// <summary>What shows only from outside: memory, the log, and the end of the process.</summary>
public sealed class ProcessIngestTests
{
    [Fact]
    public async Task A_line_of_a_hundred_megabytes_costs_one_rejection_and_hardly_any_memory()
    {
        await using var service = await ServiceProcess.StartAsync(["--Ingest:MaxBodyBytes", "200000000"]);
        await PostAsync(service, new ByteArrayContent(SomeBodies.Ndjson));
        var before = service.PeakBytes;
        var batch = await PostAsync(service, new StreamContent(new LongLine(100_000_000, [.. "\n"u8, .. SomeBodies.Lines(SomeBodies.Flow)])));
        Assert.Equal(1, batch.GetProperty("accepted").GetInt32());
        var rejection = Assert.Single(batch.GetProperty("rejections").EnumerateArray());
        Assert.Equal(1, rejection.GetProperty("line").GetInt32());
        Assert.Equal("Longer than 65536 bytes, the longest record that is read.", rejection.GetProperty("reason").GetString());
        Assert.InRange(service.PeakBytes - before, 0, 50_000_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sensor_that_hangs_up_halfway_leaves_no_flow_and_no_error(bool abruptly)
    {
        await using var service = await ServiceProcess.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(service.Admin.BaseAddress!.Host, service.Admin.BaseAddress.Port, TestContext.Current.CancellationToken);
            var body = SomeBodies.Ndjson;
            var head = $"POST /v1/flows HTTP/1.1\r\nHost: x\r\nX-Api-Key: {service.AdminKey}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {body.Length * 2}\r\n\r\n";
            await client.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], TestContext.Current.CancellationToken);
            client.LingerState = new LingerOption(enable: abruptly, seconds: 0);
            client.Close();
        }

        await TestService.UntilAsync(() => Task.FromResult(service.Output.Count(line => line.Contains("POST /v1/flows", StringComparison.Ordinal)) == 5), "five lines of the request log");
        Assert.Empty(JsonSerializer.Deserialize<JsonElement>(await service.Admin.GetStringAsync("/v1/flows", TestContext.Current.CancellationToken)).GetProperty("items").EnumerateArray());
        Assert.DoesNotContain(service.Output, line => line.Contains(" ERR ", StringComparison.Ordinal) || line.Contains(" WRN ", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal));
        Assert.Empty(service.Errors);
    }

    [Fact]
    public async Task Everything_that_was_answered_before_a_stop_is_stored()
    {
        await using var service = await ServiceProcess.StartAsync();
        var acknowledged = 0;
        using var stopping = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 6).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    using var content = Ndjson(new ByteArrayContent(SomeBodies.Lines(Enumerable.Repeat(SomeBodies.Flow, 50))));
                    using var answer = await service.Admin.PostAsync($"/v1/flows?sensor=s{sender}&batch_id={i}", content);
                    if (answer.StatusCode == HttpStatusCode.OK)
                    {
                        Interlocked.Increment(ref acknowledged);
                    }
                }
                catch (HttpRequestException)
                {
                    // It no longer listens.
                    return;
                }
            }
        })).ToArray();
        await TestService.UntilAsync(() => Task.FromResult(Volatile.Read(ref acknowledged) > 30), "some batches");
        Assert.Equal(0, await service.StopAsync());
        await Task.WhenAll(senders);

        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(service.Folder, "data", "anomaly.db")};Mode=ReadOnly;Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from flow union all select 50 * count(*) from batch";
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await rows.ReadAsync(TestContext.Current.CancellationToken);
        var flows = rows.GetInt64(0);
        await rows.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(flows, rows.GetInt64(0));
        // A stop may cut an answer off, never a batch that was answered.
        Assert.InRange(flows, acknowledged * 50L, (acknowledged + 6) * 50L);
        Assert.DoesNotContain(service.Output, line => line.Contains(" ERR ", StringComparison.Ordinal));
    }

    private static HttpContent Ndjson(HttpContent content)
    {
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-ndjson");
        return content;
    }

    private static async Task<JsonElement> PostAsync(ServiceProcess service, HttpContent content)
    {
        using var flows = Ndjson(content);
        using var answer = await service.Admin.PostAsync("/v1/flows", flows);
        return await TestService.JsonAsync(answer, HttpStatusCode.OK);
    }

    // One line that is never held whole, and what comes behind it.
    private sealed class LongLine(long length, byte[] tail) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var piece = buffer.AsSpan(offset, count);
            if (_position < length)
            {
                piece = piece[..(int)Math.Min(count, length - _position)];
                piece.Fill((byte)'a');
            }
            else
            {
                var rest = tail.AsSpan((int)(_position - length));
                piece = piece[..Math.Min(count, rest.Length)];
                rest[..piece.Length].CopyTo(piece);
            }

            _position += piece.Length;
            return piece.Length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
