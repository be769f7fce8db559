using AnomalyApi.Storage.Providers;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Storage.Writing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace AnomalyApi.Storage;

/// <summary>Registers the storage.</summary>
public static class StorageSetup
{
    /// <summary>
    /// Registers, as singletons, the database that <paramref name="options"/> choose, its context factory, the writer and every store.
    /// Nothing is opened until it is used; run <see cref="StorageMigrator"/> first.
    /// </summary>
    /// <exception cref="ArgumentException">The provider is not in the catalog.</exception>
    public static IServiceCollection AddAnomalyStorage(this IServiceCollection services, StorageOptions options)
    {
        var provider = StorageProviderCatalog.For(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(sp => provider.Open(options, sp.GetService<ILoggerFactory>()));
        services.AddSingleton<IDbContextFactory<AnomalyDbContext>>(sp => sp.GetRequiredService<StorageDatabase>());
        services.AddSingleton<StorageMigrator>();
        services.AddSingleton<FlowWriter>();
        services.AddSingleton<FlowSearch>();
        services.AddSingleton<AnomalySearch>();
        services.AddSingleton<FlowStore>();
        services.AddSingleton<ModelStore>();
        services.AddSingleton<TrainingStore>();
        services.AddSingleton<CaptureStore>();
        services.AddSingleton<RetentionStore>();
        services.AddSingleton<StatsStore>();
        return services;
    }
}
