using System.Net;

namespace AnomalyApi.Platform.Health;

/// <summary><c>AnomalyApi health</c>: asks the service that runs on this machine whether it is ready, for containers without a client of their own.</summary>
internal static class HealthCommand
{
    public const string Name = "health";

    private const string DefaultUrl = "http://127.0.0.1:8080";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <param name="args">Settings as the service takes them, such as <c>--urls=http://127.0.0.1:9000</c>; without them, those of the environment.</param>
    /// <returns>0 when it is ready, else 1, and then the reason is on the console.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            // A container may carry the proxy of its host in the environment, and no proxy leads back to this machine.
            using var handler = new SocketsHttpHandler { UseProxy = false };
            using var client = new HttpClient(handler) { Timeout = Timeout };
            using var answer = await client.GetAsync(Address(Settings(args)));
            if (answer.IsSuccessStatusCode)
            {
                return 0;
            }

            Console.WriteLine($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or FormatException)
        {
            Console.WriteLine(e.Message);
        }

        return 1;
    }

    /// <summary>Where the service answers on this machine, by the settings that say what it listens on.</summary>
    /// <exception cref="FormatException">They name no address.</exception>
    internal static Uri Address(IConfiguration settings)
    {
        var ports = Words(settings["http_ports"]).Select(port => $"http://*:{port}");
        var urls = Words(settings["urls"]).DefaultIfEmpty(ports.FirstOrDefault(DefaultUrl)).ToList();
        var binding = BindingAddress.Parse(urls.Find(url => url.StartsWith("http:", StringComparison.OrdinalIgnoreCase)) ?? urls[0]);
        return new UriBuilder(binding.Scheme, LocalHost(binding.Host), binding.Port, binding.PathBase + "/health/ready").Uri;
    }

    private static IConfiguration Settings(string[] args) =>
        new ConfigurationBuilder()
            .AddEnvironmentVariables("ASPNETCORE_")
            .AddEnvironmentVariables("ANOMALY_")
            .AddCommandLine(args)
            .Build();

    private static string[] Words(string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Any name but localhost stands for all addresses, as it does for the server.</summary>
    private static string LocalHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? host
        : IPAddress.TryParse(host, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? host
        : "127.0.0.1";
}
