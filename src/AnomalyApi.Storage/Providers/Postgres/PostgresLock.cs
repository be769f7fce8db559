using Npgsql;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>A session-level advisory lock on a connection of its own: the server gives it back when the process or the connection dies.</summary>
internal sealed class PostgresLock : IStorageLock
{
    private readonly NpgsqlConnection _connection;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Task _watch;
    private int _disposed;

    private PostgresLock(string name, NpgsqlConnection connection)
    {
        Name = name;
        Lost = _lost.Token;
        _connection = connection;
        _watch = WatchAsync();
    }

    public string Name { get; }

    public CancellationToken Lost { get; }

    public static async Task<IStorageLock?> TryTakeAsync(string connectionString, string name, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        var taken = false;
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection);
            command.Parameters.AddWithValue("anomaly:" + name);
            taken = (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
            return taken ? new PostgresLock(name, connection) : null;
        }
        finally
        {
            if (!taken)
            {
                await connection.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _released.CancelAsync();
        await _watch;
        try
        {
            // Closing would do, but only a little later than this returns.
            await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", _connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is gone, and the lock with it.
        }

        await _connection.DisposeAsync();
        _released.Dispose();
        _lost.Dispose();
    }

    // Nothing is ever sent to us: the wait ends when the connection does. Keep-alives find a peer that went away without a word.
    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await _connection.WaitAsync(_released.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
        {
            await _lost.CancelAsync();
        }
    }
}
