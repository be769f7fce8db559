using Microsoft.Extensions.Logging;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>PostgreSQL 14 or later, for production: several processes, flows partitioned by day.</summary>
public sealed class PostgresProvider : IStorageProvider
{
    internal const string ProviderName = "postgres";

    /// <inheritdoc />
    public string Name => ProviderName;

    /// <inheritdoc />
    public StorageDatabase Open(StorageOptions options, ILoggerFactory? loggers) => new PostgresDatabase(options, loggers);
}
