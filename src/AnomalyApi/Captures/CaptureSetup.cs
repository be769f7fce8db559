using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Captures;

internal static class CaptureSetup
{
    public static void AddCaptures(this IServiceCollection services)
    {
        services.AddCheckedOptions<CaptureOptions>("Captures");
        services.AddSingleton<CaptureSpool>();
        services.AddSingleton<CaptureInbox>();
        services.AddSingleton<CaptureRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<CaptureRunner>());
    }
}
