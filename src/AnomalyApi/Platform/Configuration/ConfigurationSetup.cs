using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Platform.Configuration;

/// <summary>Where settings come from, lowest first: defaults in the options, appsettings.json, environment <c>ANOMALY_Key__Sub</c>, command line.</summary>
internal static class ConfigurationSetup
{
    private const string Prefix = "ANOMALY_";

    /// <summary>Names at the top of the configuration; a setting under any other name is a typo.</summary>
    private static readonly string[] KnownSections =
    [
        "urls", DataDirectory.Key, "Demo", "Logs", "Storage", "Ingest", "Duplicates", "Captures", "Collectors", "Scoring", "Training", "Retention", "Security",
        "AllowedHosts", "Kestrel", "Logging", "environment", "contentRoot", "applicationName", "http_ports",
    ];

    private static readonly string[] Lists = ["Scoring:LocalNetworks", "Duplicates:Groups", "Collectors:NetFlow:Endpoints", "Collectors:NetFlow:AllowedExporters"];

    public static void AddAnomalyConfiguration(this WebApplicationBuilder builder, string[] args)
    {
        builder.Configuration.AddEnvironmentVariables(Prefix);
        builder.Configuration.AddCommandLine(args);
        RefuseUnknownSections(builder.Configuration);
        RefuseUnusable(builder.Configuration);

        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls("http://127.0.0.1:8080");
        }
    }

    /// <summary>Binds one section and has it checked when the service starts: unknown names, types and ranges.</summary>
    public static void AddCheckedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class =>
        services.AddSingleton(provider => new CheckedSection<TOptions>(provider.GetRequiredService<IConfiguration>(), section))
            .AddSingleton<IConfigureOptions<TOptions>>(provider => provider.GetRequiredService<CheckedSection<TOptions>>())
            .AddSingleton<IValidateOptions<TOptions>>(provider => provider.GetRequiredService<CheckedSection<TOptions>>())
            .AddOptions<TOptions>()
            .ValidateOnStart();

    /// <summary>Reads one section at once, for services that must know it while they are registered.</summary>
    /// <exception cref="ConfigurationException">One line for each fault.</exception>
    public static TOptions ReadChecked<TOptions>(IConfiguration configuration, string section)
        where TOptions : class, new()
    {
        var check = new CheckedSection<TOptions>(configuration, section);
        var options = new TOptions();
        try
        {
            check.Configure(options);
        }
        catch (OptionsValidationException e)
        {
            throw new ConfigurationException(string.Join(Environment.NewLine, e.Failures));
        }

        var result = check.Validate(null, options);
        return result.Succeeded ? options : throw new ConfigurationException(string.Join(Environment.NewLine, result.Failures!));
    }

    /// <summary>Checks every section at once, before anything is opened.</summary>
    /// <exception cref="ConfigurationException">One line for each fault.</exception>
    public static void CheckConfiguration(this WebApplication app)
    {
        try
        {
            app.Services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (OptionsValidationException e)
        {
            throw new ConfigurationException(string.Join(Environment.NewLine, e.Failures));
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            var faults = e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures).Distinct();
            throw new ConfigurationException(string.Join(Environment.NewLine, faults));
        }
    }

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

    private static void RefuseUnusable(IConfiguration configuration)
    {
        foreach (var url in (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || !TryParse(url))
            {
                throw new ConfigurationException(
                    $"urls '{url}' is not an address such as http://127.0.0.1:8080, with a port up to 65535. The service speaks plain HTTP: put a TLS proxy in front.");
            }
        }

        // A list that is given as one text would be passed over in silence.
        foreach (var list in Lists)
        {
            if (!string.IsNullOrEmpty(configuration[list]))
            {
                throw new ConfigurationException($"{list} is a list: give {list}:0, {list}:1, and so on.");
            }
        }

        foreach (var collector in configuration.GetSection("Collectors").GetChildren())
        {
            if (!collector.Key.Equals("NetFlow", StringComparison.OrdinalIgnoreCase))
            {
                throw new ConfigurationException($"{collector.Path} is not a collector. Allowed is: Collectors:NetFlow.");
            }
        }
    }

    private static bool TryParse(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Port <= 65535;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsOurs(IConfigurationProvider provider) => provider switch
    {
        JsonConfigurationProvider or CommandLineConfigurationProvider => true,
        EnvironmentVariablesConfigurationProvider environment => environment.ToString().Contains(Prefix, StringComparison.Ordinal),
        _ => false,
    };
}
