using Npgsql;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>Adds to the counts by hour.</summary>
internal static class PostgresHours
{
    public static NpgsqlBatchCommand Add(DateTime hour, string writer, long flows, long rejected, long anomalies) => new(
        """
        insert into ingest_hour (hour, writer, flows, rejected, anomalies) values ($1, $2, $3, $4, $5)
        on conflict (hour, writer) do update set flows = ingest_hour.flows + excluded.flows,
            rejected = ingest_hour.rejected + excluded.rejected, anomalies = ingest_hour.anomalies + excluded.anomalies
        """)
    {
        Parameters =
        {
            new NpgsqlParameter { Value = hour },
            new NpgsqlParameter { Value = writer },
            new NpgsqlParameter { Value = flows },
            new NpgsqlParameter { Value = rejected },
            new NpgsqlParameter { Value = anomalies },
        },
    };
}
