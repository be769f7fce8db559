using AnomalyApi.Storage.Providers.Postgres;
using AnomalyApi.Storage.Providers.Sqlite;

namespace AnomalyApi.Storage.Providers;

/// <summary>Every kind of database there is.</summary>
public static class StorageProviderCatalog
{
    /// <summary>All providers.</summary>
    public static IReadOnlyList<IStorageProvider> All { get; } =
    [
        new SqliteProvider(),
        new PostgresProvider(),
    ];

    /// <summary>The provider that <paramref name="options"/> choose; naming a connection string is enough to choose PostgreSQL.</summary>
    /// <exception cref="ArgumentException">There is no provider of that name.</exception>
    public static IStorageProvider For(StorageOptions options)
    {
        var name = string.IsNullOrEmpty(options.Provider)
            ? string.IsNullOrEmpty(options.ConnectionString) ? SqliteProvider.ProviderName : PostgresProvider.ProviderName
            : options.Provider;
        return All.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"'{name}' is not one of: {string.Join(", ", All.Select(p => p.Name))}.", nameof(options));
    }
}
