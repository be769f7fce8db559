using AnomalyApi.Ingest.Duplicates;
using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Ingest;

internal static class IngestSetup
{
    public static void AddIngest(this IServiceCollection services)
    {
        services.AddCheckedOptions<IngestOptions>("Ingest");
        services.AddSingleton<LearningProgress>();
        services.AddSingleton<BatchAnswers>();
        services.AddCheckedOptions<DuplicateOptions>("Duplicates");
        services.AddSingleton<DuplicateFilter>();
        services.AddSingleton<FlowIntake>();
        services.AddSingleton<IngestService>();
        // gzip, br and deflate, under the same size limit as the body itself, so that a small bomb stays small.
        services.AddRequestDecompression();
    }
}
