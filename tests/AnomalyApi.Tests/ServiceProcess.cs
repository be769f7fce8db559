using System.Diagnostics;
using System.Text.RegularExpressions;
using AnomalyApi.Security;

namespace AnomalyApi.Tests;

/// <summary>The built service as operators start it: a process of its own, with its own console, memory, metrics and end.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(string folder, string[] arguments, (string Name, string Value)[] environment)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, [Path.Combine(AppContext.BaseDirectory, "AnomalyApi.dll"), "--urls", "http://127.0.0.1:0", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Note(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Note(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it was started; holds <c>data</c>.</summary>
    public string Folder { get; }

    public HttpClient Admin { get; private set; } = new();

    public string AdminKey { get; private set; } = "";

    /// <summary>The most memory it has held so far.</summary>
    public long PeakBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    public IReadOnlyList<string> Output => Copy(_output);

    public string Errors => string.Join('\n', Copy(_errors));

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="hasKey">Whether it makes a first key: not without a database.</param>
    public static async Task<ServiceProcess> StartAsync(
        string[]? arguments = null, string? folder = null, bool hasKey = true, params (string Name, string Value)[] environment)
    {
        var service = new ServiceProcess(folder ?? NewFolder(), arguments ?? [], environment);
        var ended = service._process.WaitForExitAsync();
        if (await Task.WhenAny(service._address.Task, ended).WaitAsync(Patience) == ended)
        {
            Assert.Fail($"It ended instead of listening: {string.Join('\n', service.Output)}\n{service.Errors}");
        }

        service.Admin = new HttpClient { BaseAddress = await service._address.Task, Timeout = Patience };
        if (hasKey)
        {
            service.AdminKey = await File.ReadAllTextAsync(Path.Combine(service.Folder, "data", FirstAdminKey.FileName));
            service.Admin.DefaultRequestHeaders.Add(ApiKeyAuthentication.HeaderName, service.AdminKey);
        }

        return service;
    }

    /// <summary>Starts it with settings that must stop it, and returns its exit code and everything it printed.</summary>
    public static async Task<(int ExitCode, string Text)> FailAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        await using var service = new ServiceProcess(NewFolder(), arguments, environment);
        await service._process.WaitForExitAsync().WaitAsync(Patience);
        return (service._process.ExitCode, string.Join('\n', [.. service.Output, service.Errors]));
    }

    /// <summary>Waits for a line of the log that <paramref name="isIt"/>.</summary>
    public async Task<string> LineAsync(Func<string, bool> isIt, string what)
    {
        string? line = null;
        await TestService.UntilAsync(() => Task.FromResult((line = Output.FirstOrDefault(isIt)) is not null), what);
        return line!;
    }

    /// <summary>Asks it to stop, as an orchestrator does, and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public static string NewFolder() => Path.Combine(Path.GetTempPath(), "anomaly-process-" + Guid.NewGuid().ToString("N")[..10]);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Admin.Dispose();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static string[] Copy(List<string> lines)
    {
        lock (lines)
        {
            return [.. lines];
        }
    }

    private void Note(List<string> lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            lines.Add(line);
        }

        // Only a port that was really given: the command line said 0.
        if (line.Contains("listen", StringComparison.OrdinalIgnoreCase) && AddressText().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Value));
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9][0-9]*")]
    private static partial Regex AddressText();
}
