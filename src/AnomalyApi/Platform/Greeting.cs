using AnomalyApi.Platform.Logs;
using AnomalyApi.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Platform;

/// <summary>Tells a newcomer on the console where the key is and what to type.</summary>
internal static partial class Greeting
{
    public static void PrintGreetingWhenStarted(this WebApplication app) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            // A collector of JSON logs wants one object a line and nothing else.
            if (app.Services.GetRequiredService<IOptions<LogOptions>>().Value.Format == "json")
            {
                LogListening(app.Logger, Address(app), app.Services.GetRequiredService<FirstAdminKey>().Path);
            }
            else
            {
                Console.WriteLine(Text(app));
            }
        });

    private static string Address(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return (addresses.FirstOrDefault() ?? "http://127.0.0.1:8080")
            .Replace("[::]", "127.0.0.1", StringComparison.Ordinal)
            .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
    }

    private static string Text(WebApplication app)
    {
        var url = Address(app);
        var path = app.Services.GetRequiredService<FirstAdminKey>().Path;
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        var keyFile = relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
        var key = File.Exists(path) ? $"The admin key is in {keyFile}" : $"There is no admin key in {keyFile} yet: it comes when the database is there, or was made elsewhere";
        var flow = $$"""{"start":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}},"duration":0.4,"src_ip":"10.0.0.5","dst_ip":"192.0.2.80","src_port":50000,"dst_port":443,"protocol":"tcp","fwd_packets":8,"rev_packets":10,"fwd_bytes":900,"rev_bytes":12000,"state":"SF","service":"ssl"}""";
        return $"""

            AnomalyApi listens on {url}  (Swagger UI: {url}/swagger)
            {key}. Try:

              curl -H "X-Api-Key: $(cat {keyFile})" -H "Content-Type: application/x-ndjson" --data-binary '{flow}' {url}/v1/flows
              curl -H "X-Api-Key: $(cat {keyFile})" -H "Content-Type: application/x-zeek-conn" --data-binary @conn.log {url}/v1/flows
              curl -H "X-Api-Key: $(cat {keyFile})" "{url}/v1/anomalies?order=newest&limit=5"

            """;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "AnomalyApi listens on {Url}; the place of the first admin key is {KeyFile}")]
    private static partial void LogListening(ILogger logger, string url, string keyFile);
}
