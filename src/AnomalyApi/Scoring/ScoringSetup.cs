using AnomalyApi.Anomalies;
using AnomalyApi.Platform.Configuration;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Scoring;

internal static class ScoringSetup
{
    public static void AddScoring(this IServiceCollection services)
    {
        services.AddCheckedOptions<ScoringOptions>("Scoring");
        services.AddSingleton<ModelSlot>();
        services.AddSingleton<ScoringEnginePool>();
        services.AddSingleton(provider => new AnomalyFinder(provider.GetRequiredService<IOptions<ScoringOptions>>().Value.Severities()));
        services.AddSingleton<BatchScorer>();
    }
}
