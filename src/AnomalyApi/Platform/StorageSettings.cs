using System.ComponentModel.DataAnnotations;
using AnomalyApi.Ingest;
using AnomalyApi.Platform.Configuration;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Providers;

namespace AnomalyApi.Platform;

/// <summary>Where rows are kept.</summary>
internal sealed record StorageSettings
{
    public const string Section = "Storage";

    /// <summary>sqlite or postgres. The default is postgres when there is a connection string, else sqlite.</summary>
    public string? Provider { get; init; }

    /// <summary>How to reach the database. Without one, SQLite keeps <c>anomaly.db</c> in the data directory.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>How long one statement may take, from 1 s to 10 min. The default is 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads the section at once, since the services that are registered depend on it.</summary>
    /// <exception cref="ConfigurationException">A setting is not known or not allowed.</exception>
    public static StorageOptions Read(IConfiguration configuration, DataDirectory data)
    {
        var settings = ConfigurationSetup.ReadChecked<StorageSettings>(configuration, Section);
        var ingest = ConfigurationSetup.ReadChecked<IngestOptions>(configuration, "Ingest");

        var names = StorageProviderCatalog.All.Select(provider => provider.Name).ToList();
        if (settings.Provider is not null && !names.Contains(settings.Provider, StringComparer.OrdinalIgnoreCase))
        {
            throw new ConfigurationException($"{Section}:Provider '{settings.Provider}' is not one of: {string.Join(", ", names)}.");
        }

        var options = new StorageOptions
        {
            Provider = settings.Provider,
            ConnectionString = settings.ConnectionString,
            DataDirectory = data.Path,
            CommandTimeout = settings.CommandTimeout,
            MaxQueuedFlows = ingest.MaxQueuedFlows,
            MaxGroupFlows = ingest.MaxGroupFlows,
        };
        Check(options);
        return options;
    }

    /// <summary>Lets the provider read the connection string; nothing is connected to.</summary>
    private static void Check(StorageOptions options)
    {
        try
        {
            StorageProviderCatalog.For(options).Open(options, loggers: null).DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new ConfigurationException(
                $"{Section}:ConnectionString: {e.Message} For PostgreSQL write for example Host=db;Database=anomaly;Username=anomaly;Password=..., for SQLite Data Source=anomaly.db.");
        }
    }
}
