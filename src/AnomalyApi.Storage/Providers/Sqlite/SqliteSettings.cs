using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AnomalyApi.Storage.Providers.Sqlite;

/// <summary>What every connection is told when it opens.</summary>
internal sealed class SqliteSettings(TimeSpan busyTimeout) : DbConnectionInterceptor
{
    /// <summary>
    /// FULL, since an answer promises that the rows are on disk; in WAL mode NORMAL would lose the last commits with the power. SQLite's own
    /// waiting is used for locks because the driver's sleeps 150 ms at a time.
    /// </summary>
    public static void Apply(DbConnection connection, TimeSpan busyTimeout)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"pragma busy_timeout = {(long)busyTimeout.TotalMilliseconds}; pragma synchronous = full; pragma cache_size = -16000;";
        command.ExecuteNonQuery();
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection, busyTimeout);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection, busyTimeout);
        return Task.CompletedTask;
    }
}
