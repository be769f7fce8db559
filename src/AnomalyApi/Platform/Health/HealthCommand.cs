namespace AnomalyApi.Platform.Health;

/// <summary><c>AnomalyApi health</c>: asks the service that runs on this machine whether it is ready, for containers without a client of their own.</summary>
internal static class HealthCommand
{
    public const string Name = "health";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <returns>0 when it is ready, else 1.</returns>
    public static async Task<int> RunAsync(string? urls)
    {
        var first = (urls ?? "").Split(';')[0].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "127.0.0.1", StringComparison.Ordinal);
        var address = new Uri(first.Length == 0 ? "http://127.0.0.1:8080" : first);
        try
        {
            using var client = new HttpClient { Timeout = Timeout };
            using var answer = await client.GetAsync(new Uri(address, "/health/ready"));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return 1;
        }
    }
}
