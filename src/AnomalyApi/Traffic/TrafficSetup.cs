namespace AnomalyApi.Traffic;

internal static class TrafficSetup
{
    public static void AddTraffic(this IServiceCollection services) => services.AddSingleton<StatsReader>();
}
