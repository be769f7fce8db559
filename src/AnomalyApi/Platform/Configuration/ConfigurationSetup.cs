using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace AnomalyApi.Platform.Configuration;

/// <summary>Where settings come from, lowest first: defaults in the options, appsettings.json, environment <c>ANOMALY_Key__Sub</c>, command line.</summary>
internal static class ConfigurationSetup
{
    private const string Prefix = "ANOMALY_";

    /// <summary>Names at the top of the configuration; a setting under any other name is a typo.</summary>
    private static readonly string[] KnownSections =
    [
        "urls", DataDirectory.Key, "Demo", "Logs", "Storage", "Ingest", "Scoring", "Training", "Retention", "Security",
        "AllowedHosts", "Kestrel", "Logging", "Serilog", "environment", "contentRoot", "applicationName", "http_ports",
    ];

    public static string[] Normalize(string[] args) =>
        // The command line provider wants a value behind every name, and people type the bare switch.
        [.. args.Select(arg => arg.Equals("--demo", StringComparison.OrdinalIgnoreCase) ? "--Demo=true" : arg)];

    public static void AddAnomalyConfiguration(this WebApplicationBuilder builder, string[] args)
    {
        builder.Configuration.AddEnvironmentVariables(Prefix);
        builder.Configuration.AddCommandLine(args);
        RefuseUnknownSections(builder.Configuration);

        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls("http://127.0.0.1:8080");
        }
    }

    /// <summary>Binds one section and has it checked when the service starts: unknown names, types and ranges.</summary>
    public static void AddCheckedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class =>
        services.AddOptions<TOptions>()
            .BindConfiguration(section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();

    private static void RefuseUnknownSections(IConfigurationRoot configuration)
    {
        foreach (var provider in configuration.Providers.Where(IsOurs))
        {
            foreach (var key in provider.GetChildKeys([], null))
            {
                if (!KnownSections.Contains(key, StringComparer.OrdinalIgnoreCase) && !key.StartsWith("TEST_", StringComparison.Ordinal))
                {
                    throw new ConfigurationException($"'{key}' is not a setting. Settings begin with one of: {string.Join(", ", KnownSections)}.");
                }
            }
        }
    }

    private static bool IsOurs(IConfigurationProvider provider) => provider switch
    {
        JsonConfigurationProvider or CommandLineConfigurationProvider => true,
        EnvironmentVariablesConfigurationProvider environment => environment.ToString().Contains(Prefix, StringComparison.Ordinal),
        _ => false,
    };
}
