using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Collectors;

internal static class CollectorsSetup
{
    public static void AddCollectors(this IServiceCollection services)
    {
        services.AddCheckedOptions<NetFlowCollectorOptions>(NetFlowCollectorOptions.Section);
        services.AddSingleton<BatchStore>();
        services.AddSingleton<TemplateFile>();
        services.AddSingleton<CollectorMetrics>();
        services.AddSingleton<NetFlowCollector>();
        services.AddHostedService(provider =>
        {
            // Made with the collector, so that its counts are seen from the start.
            provider.GetRequiredService<CollectorMetrics>();
            return provider.GetRequiredService<NetFlowCollector>();
        });
    }
}
