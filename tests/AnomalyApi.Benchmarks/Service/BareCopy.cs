using System.Diagnostics;
using Npgsql;

namespace AnomalyApi.Benchmarks.Service;

/// <summary>What the database alone can do: the stored rows again into the same table with COPY BINARY, and nothing else.</summary>
internal sealed class BareCopy
{
    private readonly NpgsqlDataSource _source;
    private readonly string _columns;
    private readonly byte[] _rows;
    private readonly long _count;

    private BareCopy(NpgsqlDataSource source, string columns, byte[] rows, long count) =>
        (_source, _columns, _rows, _count) = (source, columns, rows, count);

    /// <summary>Reads <paramref name="count"/> stored rows as COPY gives them.</summary>
    public static async Task<BareCopy> OfStoredRowsAsync(string connectionString, int count)
    {
        var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            "select string_agg(column_name, ', ' order by ordinal_position) from information_schema.columns where table_name = 'flow' and column_name <> 'committed_in'",
            connection);
        var columns = (string)(await command.ExecuteScalarAsync())!;
        using var rows = new MemoryStream();
        await using (var copy = await connection.BeginRawBinaryCopyAsync(
            $"copy (select {columns} from flow where score is not null limit {count}) to stdout (format binary)"))
        {
            await copy.CopyToAsync(rows);
        }

        await using var counting = new NpgsqlCommand($"select count(*) from (select 1 from flow where score is not null limit {count}) f", connection);
        return new BareCopy(source, columns, rows.ToArray(), (long)(await counting.ExecuteScalarAsync())!);
    }

    /// <summary>Rows a second over whole copies, each one transaction, for about <paramref name="duration"/>.</summary>
    public async Task<double> RunAsync(TimeSpan duration)
    {
        await using var connection = await _source.OpenConnectionAsync();
        var started = Stopwatch.GetTimestamp();
        long copied = 0;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            await using var copy = await connection.BeginRawBinaryCopyAsync($"copy flow ({_columns}) from stdin (format binary)");
            await copy.WriteAsync(_rows);
            await copy.DisposeAsync();
            copied += _count;
        }

        return copied / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
