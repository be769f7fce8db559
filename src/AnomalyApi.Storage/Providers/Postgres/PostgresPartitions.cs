using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>The partitions of the flow table: one a day, named <c>flow_p20260131</c>.</summary>
internal sealed class PostgresPartitions(NpgsqlDataSource source)
{
    private const string Prefix = "flow_p";
    private const string DayFormat = "yyyyMMdd";
    private const int DropAttempts = 10;

    private readonly ConcurrentDictionary<DateTime, bool> _known = new();

    /// <summary>Makes the partition of one day unless this process knows that it is there.</summary>
    public ValueTask EnsureAsync(DateTime day, CancellationToken cancellationToken) =>
        _known.ContainsKey(day.Date) ? ValueTask.CompletedTask : new ValueTask(EnsureAsync(day, day, cancellationToken));

    /// <summary>Makes what is missing from the first day to the last.</summary>
    public async Task EnsureAsync(DateTime firstDay, DateTime lastDay, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);
        var present = await ListAsync(connection, cancellationToken);
        for (var day = firstDay.Date; day <= lastDay.Date; day = day.AddDays(1))
        {
            if (!present.Contains(day))
            {
                // Attaching hinders neither readers nor writers; "create table ... partition of" would lock both out.
                var name = NameOf(day);
                await ExecuteAsync(
                    connection,
                    $"""
                     create table {name} (like flow including defaults including storage);
                     alter table flow attach partition {name} for values from ('{day:yyyy-MM-dd} 00:00+00') to ('{day.AddDays(1):yyyy-MM-dd} 00:00+00');
                     """,
                    cancellationToken);
            }
        }

        await transaction.CommitAsync(cancellationToken);
        for (var day = firstDay.Date; day <= lastDay.Date; day = day.AddDays(1))
        {
            _known[day] = true;
        }
    }

    /// <summary>Forgets what this process knows: somebody dropped a partition.</summary>
    public void Forget() => _known.Clear();

    /// <summary>Drops the days that ended before <paramref name="before"/>, and tells how many rows they held.</summary>
    public async Task<long> DropBeforeAsync(DateTime before, CancellationToken cancellationToken)
    {
        List<DateTime> days;
        await using (var connection = await source.OpenConnectionAsync(cancellationToken))
        {
            days = [.. (await ListAsync(connection, cancellationToken)).Where(day => day.AddDays(1) <= before).Order()];
        }

        long total = 0;
        foreach (var day in days)
        {
            total += await DropAsync(day, cancellationToken);
        }

        return total;
    }

    // Dropping needs the whole table for a moment. Whoever waits for it makes everybody behind it wait too, so it waits briefly and often.
    private async Task<long> DropAsync(DateTime day, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                long rows;
                await using (var count = new NpgsqlCommand($"select count(*) from {NameOf(day)}", connection) { CommandTimeout = 0 })
                {
                    rows = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
                }

                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await LockAsync(connection, cancellationToken);
                await ExecuteAsync(connection, $"set local lock_timeout = '1s'; drop table {NameOf(day)};", cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                _known.TryRemove(day, out _);
                return rows;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // Another process was faster.
                return 0;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable && attempt < DropAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250 * attempt), cancellationToken);
            }
        }
    }

    private static string NameOf(DateTime day) => Prefix + day.ToString(DayFormat, CultureInfo.InvariantCulture);

    private static async Task<HashSet<DateTime>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var days = new HashSet<DateTime>();
        await using var command = new NpgsqlCommand(
            "select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'flow'::regclass", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(0);
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && DateTime.TryParseExact(
                name.AsSpan(Prefix.Length), DayFormat, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var day))
            {
                days.Add(day);
            }
        }

        return days;
    }

    // One process at a time makes or drops partitions.
    private static Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        ExecuteAsync(connection, "select pg_advisory_xact_lock(hashtextextended('anomaly:partitions', 1))", cancellationToken);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
