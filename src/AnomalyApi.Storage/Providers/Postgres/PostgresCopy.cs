using Npgsql;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>Sends encoded rows.</summary>
internal static class PostgresCopy
{
    // Signature, flags, length of the header extension.
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly byte[] Trailer = [0xFF, 0xFF];

    public static async Task SendAsync(
        NpgsqlConnection connection, string copy, IEnumerable<ReadOnlyMemory<byte>> rows, CancellationToken cancellationToken)
    {
        // Disposing ends the COPY and reports what the server thought of it.
        await using var stream = await connection.BeginRawBinaryCopyAsync(copy, cancellationToken);
        await stream.WriteAsync(Header, cancellationToken);
        foreach (var part in rows)
        {
            await stream.WriteAsync(part, cancellationToken);
        }

        await stream.WriteAsync(Trailer, cancellationToken);
    }
}
