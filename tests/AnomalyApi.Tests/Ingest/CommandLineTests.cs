using System.Diagnostics;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Ingest;

/// <summary>The command <c>anomaly</c> against the service, each a process of its own.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task Simulated_and_replayed_flows_arrive_and_are_counted_once()
    {
        await using var service = await ServiceProcess.StartAsync();
        var address = service.Admin.BaseAddress!.ToString();
        var key = "@" + Path.Combine(service.Folder, "data", "admin.key");
        var file = Path.Combine(service.Folder, "flows.ndjson");
        await File.WriteAllBytesAsync(file, NativeFlowJson.ToNdjson(new SyntheticTraffic(3, Some.Start).Normal(500)), TestContext.Current.CancellationToken);

        var simulated = await RunAsync("simulate", "--count", "1000", "--format", "zeek", "--to", address, "--key", key);
        var replayed = await RunAsync("replay", file, "--to", address, "--key", key, "--batch", "100");
        var refused = await RunAsync("replay", file, "--to", address, "--key", "wrong");

        Assert.Equal((0, "note: nothing was scored; the service has no model yet.\n"), (simulated.ExitCode, simulated.Error));
        Assert.Contains("1000 flows accepted, 0 rejected", simulated.Output, StringComparison.Ordinal);
        Assert.Equal(0, replayed.ExitCode);
        Assert.Matches(@"flows\.ndjson\s+ndjson\s+500\s+0\s+0\s+500\s+0", replayed.Output);
        Assert.Equal(2, refused.ExitCode);
        Assert.Matches(@"\Aanomaly: .* does not know the key \(401\): .*\n\z", refused.Error);
        Assert.Contains("\"flows\":1500", await service.Admin.GetStringAsync("/v1/stats", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "anomaly.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
