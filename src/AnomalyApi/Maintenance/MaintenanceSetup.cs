using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Maintenance;

internal static class MaintenanceSetup
{
    public static void AddMaintenance(this IServiceCollection services)
    {
        services.AddCheckedOptions<RetentionOptions>("Retention");
        services.AddHostedService<RetentionJob>();
    }
}
