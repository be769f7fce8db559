using Microsoft.Extensions.Logging;

namespace AnomalyApi.Storage.Providers;

/// <summary>One kind of database.</summary>
public interface IStorageProvider
{
    /// <summary>What operators write in <c>Storage:Provider</c>.</summary>
    string Name { get; }

    /// <summary>Prepares access; nothing is contacted yet.</summary>
    /// <exception cref="ArgumentException">The connection string is missing or malformed.</exception>
    StorageDatabase Open(StorageOptions options, ILoggerFactory? loggers);
}
