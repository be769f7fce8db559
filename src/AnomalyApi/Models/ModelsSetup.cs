namespace AnomalyApi.Models;

internal static class ModelsSetup
{
    public static void AddModels(this IServiceCollection services)
    {
        services.AddSingleton<ModelActivator>();
        services.AddHostedService<ModelWatcher>();
    }
}
