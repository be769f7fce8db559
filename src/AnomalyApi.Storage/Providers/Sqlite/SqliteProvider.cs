using Microsoft.Extensions.Logging;

namespace AnomalyApi.Storage.Providers.Sqlite;

/// <summary>The embedded default: one file, nothing to install, one process.</summary>
public sealed class SqliteProvider : IStorageProvider
{
    internal const string ProviderName = "sqlite";

    /// <inheritdoc />
    public string Name => ProviderName;

    /// <inheritdoc />
    public StorageDatabase Open(StorageOptions options, ILoggerFactory? loggers) => new SqliteDatabase(options, loggers);
}
