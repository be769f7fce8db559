using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AnomalyApi.Cli.Tests.Sending;

/// <summary>A service that takes every flow, unless told otherwise, and remembers what it was sent.</summary>
internal sealed class FakeService : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _work;

    public FakeService()
    {
        Address = $"http://127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _work = Task.Run(WorkAsync);
    }

    public string Address { get; }

    /// <summary>What was sent, in order of arrival.</summary>
    public ConcurrentQueue<(string Path, string? ApiKey, string? BatchKey, string? ContentType, byte[] Body)> Requests { get; } = new();

    /// <summary>Bodies as text, of those that were answered 200.</summary>
    public ConcurrentQueue<string> Taken { get; } = new();

    /// <summary>Answers instead of taking the flows, given how many requests came before; null to take them.</summary>
    public Func<int, (int Status, string Body)?> Refuse { get; init; } = _ => null;

    /// <summary>What Retry-After says with 429 and 503.</summary>
    public string RetryAfter { get; init; } = "0";

    /// <summary>All lines that were taken.</summary>
    public IEnumerable<string> Lines => Taken.SelectMany(body => body.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    public void Dispose()
    {
        _listener.Close();
        _work.Wait(TimeSpan.FromSeconds(5));
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context);
            }
            catch (HttpListenerException)
            {
                // The client has gone: it was refused on another connection.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        var refusal = Refuse(Requests.Count);
        Requests.Enqueue((context.Request.Url!.AbsolutePath, context.Request.Headers["X-Api-Key"], context.Request.Headers["Idempotency-Key"], context.Request.ContentType, body.ToArray()));
        var text = refusal?.Body ?? Take(Encoding.UTF8.GetString(body.ToArray()));
        context.Response.StatusCode = refusal?.Status ?? 200;
        if (context.Response.StatusCode is 429 or 503)
            context.Response.Headers["Retry-After"] = RetryAfter;

        var bytes = Encoding.UTF8.GetBytes(text);
        await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    }

    // Every scan is an anomaly of severity high.
    private string Take(string body)
    {
        Taken.Enqueue(body);
        var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var anomalies = lines.Select((line, i) => (line, i)).Where(pair => pair.line.Contains("-scan", StringComparison.Ordinal))
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $$"""{"id":1,"line":{{pair.i + 1}},"score":55,"severity":"high"}"""));
        return $$"""{"accepted":{{lines.Length}},"rejected":0,"rejections":[],"scored":{{lines.Length}},"anomalies":[{{string.Join(',', anomalies)}}]}""";
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
