using AnomalyApi.Anomalies;
using AnomalyApi.Captures;
using AnomalyApi.Collectors;
using AnomalyApi.Demo;
using AnomalyApi.Ingest;
using AnomalyApi.Maintenance;
using AnomalyApi.Models;
using AnomalyApi.Platform;
using AnomalyApi.Platform.Configuration;
using AnomalyApi.Platform.Health;
using AnomalyApi.Platform.Logs;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Scoring;
using AnomalyApi.Security;
using AnomalyApi.Traffic;
using AnomalyApi.Training;
using Microsoft.AspNetCore.Connections;

if (args is ["--help" or "-h" or "help"])
{
    Console.WriteLine(Arguments.Usage);
    return 0;
}

if (args is [HealthCommand.Name, .. var settings])
{
    return await HealthCommand.RunAsync(settings);
}

try
{
    args = Arguments.Normalize(args);
    var builder = WebApplication.CreateBuilder(args);
    builder.AddAnomalyConfiguration(args);
    builder.AddLogs();
    builder.AddPlatform();
    builder.Services.AddProblems();
    builder.Services.AddMetricsEndpoint();
    builder.Services.AddOpenApiDocument();
    builder.Services.AddSecurity();
    builder.Services.AddScoring();
    builder.Services.AddModels();
    builder.Services.AddIngest();
    builder.Services.AddCaptures();
    builder.Services.AddTraffic();
    builder.Services.AddTraining();
    builder.Services.AddMaintenance();
    builder.Services.AddCollectors();
    builder.AddDemo();

    var app = builder.Build();
    app.CheckConfiguration();
    app.UsePlatform();

    app.MapHealth();
    app.MapMetrics();
    app.MapIngest();
    app.MapCaptures();
    app.MapTraffic();
    app.MapAnomalies();
    app.MapModels();
    app.MapDetectors();
    app.MapTrainings();
    app.MapSchedules();
    app.MapCollectors();
    app.MapApiKeys();

    app.PrintGreetingWhenStarted();
    await app.RunAsync();
    return 0;
}
catch (OperationCanceledException)
{
    // Asked to stop before it had started.
    return 0;
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"AnomalyApi does not start: {e.Message} Stop what listens there, or choose another address with --urls.");
    return 1;
}
catch (ConfigurationException e)
{
    await Console.Error.WriteLineAsync($"AnomalyApi does not start: {e.Message}");
    return 1;
}
