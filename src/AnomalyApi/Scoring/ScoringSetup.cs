using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Scoring;

internal static class ScoringSetup
{
    public static void AddScoring(this IServiceCollection services)
    {
        services.AddCheckedOptions<ScoringOptions>("Scoring");
        services.AddSingleton<ModelSlot>();
        services.AddSingleton<ScoringEnginePool>();
    }
}
