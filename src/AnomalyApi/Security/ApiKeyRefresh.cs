using AnomalyApi.Platform;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Security;

/// <summary>Picks up keys that other processes made or revoked. While the database is away the known ones stay valid.</summary>
internal sealed class ApiKeyRefresh(ApiKeyDirectory keys, IOptions<SecurityOptions> options, PeriodicContext context)
    : PeriodicWork(context, options.Value.KeyRefresh)
{
    protected override Task RunOnceAsync(CancellationToken cancellationToken) => keys.RefreshAsync(cancellationToken);
}
