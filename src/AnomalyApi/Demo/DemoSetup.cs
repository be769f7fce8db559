namespace AnomalyApi.Demo;

internal static class DemoSetup
{
    /// <summary>Feeds synthetic traffic when the service was started with <c>--demo</c>.</summary>
    public static void AddDemo(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetValue("Demo", defaultValue: false))
        {
            builder.Services.AddHostedService<DemoFeeder>();
        }
    }
}
