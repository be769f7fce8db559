using System.Diagnostics;
using AnomalyApi.Security;

namespace AnomalyApi.Tests.Durability;

/// <summary>The built service as a process of its own, which can be killed as the machine would.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;

    private ServiceProcess(Process process, string folder, Uri address)
    {
        _process = process;
        _folder = folder;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>The first admin key; there is one as soon as the database has been there.</summary>
    public string AdminKey => File.ReadAllText(Path.Combine(_folder, FirstAdminKey.FileName));

    /// <summary>Starts the service and returns when it listens.</summary>
    /// <param name="folder">Its data directory.</param>
    public static async Task<ServiceProcess> StartAsync(string folder, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "AnomalyApi.dll"));
        foreach (var (key, value) in settings.Append(("urls", "http://127.0.0.1:0")).Append(("DataDirectory", folder)))
        {
            start.ArgumentList.Add("--" + key);
            start.ArgumentList.Add(value);
        }

        var process = new Process { StartInfo = start };
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new ServiceProcess(process, folder, await address.Task.WaitAsync(Patience));
        }
        catch (Exception)
        {
            process.Kill();
            throw new InvalidOperationException("The service did not start: " + string.Join('\n', said));
        }

        void Read(string? line)
        {
            const string Greeting = "AnomalyApi listens on ";
            if (line is null)
            {
                address.TrySetException(new InvalidOperationException("The process has ended."));
            }
            else if (line.StartsWith(Greeting, StringComparison.Ordinal))
            {
                address.TrySetResult(new Uri(line[Greeting.Length..].Split(' ')[0]));
            }
            else if (!address.Task.IsCompleted)
            {
                said.Add(line);
            }
        }
    }

    /// <summary>A client with the admin key, or with another.</summary>
    public HttpClient Client(string? key = null)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = Patience };
        client.DefaultRequestHeaders.Add(ApiKeyAuthentication.HeaderName, key ?? AdminKey);
        return client;
    }

    /// <summary>Ends the process at once, in the middle of whatever it does (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
