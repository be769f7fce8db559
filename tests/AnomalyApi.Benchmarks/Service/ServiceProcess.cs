using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using AnomalyApi.Testing;

namespace AnomalyApi.Benchmarks.Service;

/// <summary>The service as a process of its own, so that its memory and its garbage collector are its own too.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private ServiceProcess(Process process, string folder, Uri address)
    {
        _process = process;
        _folder = folder;
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
    }

    public HttpClient Client { get; }

    /// <summary>Starts the service on a database, and waits until it takes flows.</summary>
    /// <param name="connectionString">PostgreSQL, or null for SQLite in a temporary folder.</param>
    public static async Task<ServiceProcess> StartAsync(string? connectionString)
    {
        var folder = Path.Combine(Path.GetTempPath(), "anomaly-benchmark-" + Guid.NewGuid().ToString("N")[..10]);
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[]
        {
            Path.Combine(AppContext.BaseDirectory, "AnomalyApi.dll"), "--urls", $"http://127.0.0.1:{port}", "--DataDirectory", folder,
            // A request line for each of thousands of requests a second would measure the console.
            "--Logs:Requests", "false", "--Logs:Level", "Warning",
            "--Security:RequestsPerSecond", "1000000", "--Security:RequestBurst", "1000000",
        })
        {
            start.ArgumentList.Add(argument);
        }

        if (connectionString is not null)
        {
            start.Environment["ANOMALY_Storage__ConnectionString"] = connectionString;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var service = new ServiceProcess(process, folder, new Uri($"http://127.0.0.1:{port}"));
        await service.UntilAsync("/health/ready", _ => true);
        service.Client.DefaultRequestHeaders.Add("X-Api-Key", await File.ReadAllTextAsync(Path.Combine(folder, "admin.key")));
        return service;
    }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>Time the process has spent on a processor.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Posts office traffic until the first model is live.</summary>
    public async Task LearnAsync()
    {
        (await PostAsync(OfficeTraffic.Ndjson(20_000))).Dispose();
        await UntilAsync("/v1/stats", stats => stats.GetProperty("learning_status").GetProperty("state").GetString() == "ready");
        // The flows stored before get their scores meanwhile, which is not what is measured.
        await Task.Delay(TimeSpan.FromSeconds(5));
    }

    public async Task<HttpResponseMessage> PostAsync(byte[] ndjson)
    {
        using var content = new ByteArrayContent(ndjson);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var answer = await Client.PostAsync("/v1/flows?scores=none", content);
        answer.EnsureSuccessStatusCode();
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task UntilAsync(string path, Func<JsonElement, bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                using var answer = await Client.GetAsync(path, patience.Token);
                if (answer.IsSuccessStatusCode && isSo(JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(patience.Token))))
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(100, patience.Token);
        }
    }
}
