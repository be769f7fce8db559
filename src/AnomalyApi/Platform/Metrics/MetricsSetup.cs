using AnomalyApi.Security;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace AnomalyApi.Platform.Metrics;

/// <summary>Collects our meter and the framework's, and serves them at <c>/metrics</c>.</summary>
internal static class MetricsSetup
{
    private static readonly string[] Meters =
        [ServiceMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql"];

    public static void AddMetricsEndpoint(this IServiceCollection services)
    {
        services.AddSingleton<ServiceMetrics>();
        services.AddSingleton<PrometheusTextExporter>();
        services.AddSingleton(provider => new BaseExportingMetricReader(provider.GetRequiredService<PrometheusTextExporter>()));
        services.AddSingleton(provider => OpenTelemetrySdk.Create(sdk => sdk.WithMetrics(metrics =>
            metrics.AddMeter(Meters).AddReader(provider.GetRequiredService<BaseExportingMetricReader>()))));
    }

    public static void MapMetrics(this WebApplication app)
    {
        // The collector exists only once somebody asks for it, and what is counted before that is lost.
        app.Services.GetRequiredService<OpenTelemetrySdk>();
        var endpoint = app.MapGet("/metrics", Collect).ExcludeFromDescription().DisableRateLimiting();
        if (app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value.MetricsNeedKey)
        {
            endpoint.RequireAuthorization(Roles.Reader);
        }
        else
        {
            endpoint.AllowAnonymous();
        }
    }

    private static IResult Collect(BaseExportingMetricReader reader, PrometheusTextExporter exporter)
    {
        lock (exporter)
        {
            reader.Collect();
            return Results.Text(exporter.Text, "text/plain; version=0.0.4; charset=utf-8");
        }
    }
}
