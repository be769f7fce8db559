using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Demo;

internal static class DemoSetup
{
    /// <summary>Feeds synthetic traffic when the service was started with <c>--demo</c>.</summary>
    public static void AddDemo(this WebApplicationBuilder builder)
    {
        var text = builder.Configuration["Demo"] ?? "false";
        if (!bool.TryParse(text, out var isDemo))
        {
            throw new ConfigurationException($"Demo '{text}' is not true or false.");
        }

        if (!isDemo)
        {
            return;
        }

        if (builder.Configuration["Training:FirstTrainingFlows"] is null)
        {
            // The first model waits for most of the demonstration's past, so that it knows every hour of the day.
            builder.Configuration["Training:FirstTrainingFlows"] = DemoFeeder.FlowsToLearnFrom(DateTime.UtcNow)
                .ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        builder.Services.AddHostedService<DemoFeeder>();
    }
}
