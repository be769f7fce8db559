using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AnomalyApi.Storage.Providers.Postgres.Migrations;

/// <summary>Files that were handed in to be read in the background.</summary>
[DbContext(typeof(PostgresAnomalyDbContext))]
[Migration("20261125000001_Captures")]
public sealed class M20261125Captures : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            create table capture (id text primary key, spool text not null, file_name text not null, bytes bigint not null, sensor text, column_map text,
                status text not null, attempts integer not null, bytes_read bigint not null, format text, accepted bigint not null, duplicates bigint not null,
                rejected bigint not null, anomalies bigint not null, rejections text not null, skipped text not null, error text,
                cancel_requested boolean not null, created_at timestamptz not null, started_at timestamptz, finished_at timestamptz, requested_by text);
            create index capture_created_at on capture (created_at, id);
            """);
}
