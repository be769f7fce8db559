using System.Text.Json;
using System.Text.Json.Serialization;
using AnomalyApi.Ingest;
using AnomalyApi.Platform.Configuration;
using AnomalyApi.Platform.Logs;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Scoring;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Writing;
using AnomalyApi.Training;

namespace AnomalyApi.Platform;

/// <summary>What every request goes through, and what every feature stands on.</summary>
internal static class PlatformSetup
{
    /// <summary>How long requests in progress may take to end when the service stops.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    public static void AddPlatform(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var data = new DataDirectory(builder.Configuration[DataDirectory.Key] ?? "data");
        data.Create();
        services.AddSingleton(data);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<StorageReadiness>();
        services.AddSingleton<PeriodicContext>();
        services.AddSingleton<Health.DatabaseProbe>();
        services.AddAnomalyStorage(StorageSettings.Read(builder.Configuration, data));
        // First among the hosted services: the others wait for what it opens.
        services.AddHostedService<StorageStartup>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        services.ConfigureHttpJsonOptions(options =>
        {
            var json = options.SerializerOptions;
            json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.DictionaryKeyPolicy = null;
            // A null where the type allows none is the caller's fault, to be told as such.
            json.RespectNullableAnnotations = true;
            json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        });
    }

    public static void UsePlatform(this WebApplication app)
    {
        app.UseMiddleware<RequestLog>();
        app.UseProblems();
        // Open to everybody: the page where a key is typed in cannot ask for one first.
        app.UseOpenApiDocument();
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseMiddleware<StorageGate>();
        app.UseAuthorization();
        app.UseRequestDecompression();
        app.MapGet("/", () => Results.Redirect("/swagger")).ExcludeFromDescription().AllowAnonymous();
        ObserveState(app.Services);
    }

    private static void ObserveState(IServiceProvider services)
    {
        var metrics = services.GetRequiredService<ServiceMetrics>();
        var writer = services.GetRequiredService<FlowWriter>();
        var slot = services.GetRequiredService<ModelSlot>();
        var runner = services.GetRequiredService<TrainingRunner>();
        var learning = services.GetRequiredService<LearningProgress>();
        metrics.Observe("anomaly.queue.flows", "{flow}", "Flows that wait for the database.", () => writer.QueuedFlows);
        metrics.Observe("anomaly.storage.available", "", "1 when the last transaction found the database there, else 0.", () => writer.IsAvailable ? 1 : 0);
        metrics.Observe("anomaly.model.version", "", "Version of the live model; 0 while the first is being learned.", () => slot.Snapshot()?.Version ?? 0);
        metrics.Observe("anomaly.trainings.running", "{training}", "Trainings that run in this process.", () => runner.Running);
        metrics.Observe("anomaly.learning.flows", "{flow}", "Flows stored towards the first training.", () => learning.Current().Have);
    }
}
