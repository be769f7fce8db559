namespace AnomalyApi.Storage;

/// <summary>Brings the database to the shape this version expects.</summary>
public sealed class StorageMigrator(StorageDatabase database, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>Applies what is missing, and makes the partitions of the next days. Several processes may do so at once; doing it again changes nothing.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        // Polled, not waited for: a connection that waits inside the server holds a snapshot that other work there may have to wait for.
        IStorageLock? held;
        while ((held = await database.TryLockAsync("migration", cancellationToken)) is null)
        {
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }

        await using (held)
        {
            await database.MigrateAsync(cancellationToken);
        }

        var today = time.GetUtcNow().UtcDateTime.Date;
        await database.EnsurePartitionsAsync(today.AddDays(-1), today.AddDays(7), cancellationToken);
    }
}
