using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AnomalyApi.Storage.Providers.Sqlite.Migrations;

/// <summary>Files that were handed in to be read in the background. Times are microseconds since 1970.</summary>
[DbContext(typeof(SqliteAnomalyDbContext))]
[Migration("20261125000001_Captures")]
public sealed class M20261125Captures : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            create table capture (id text primary key, spool text not null, file_name text not null, bytes integer not null, sensor text, column_map text,
                status text not null, attempts integer not null, bytes_read integer not null, format text, accepted integer not null, duplicates integer not null,
                rejected integer not null, anomalies integer not null, rejections text not null, skipped text not null, error text,
                cancel_requested integer not null, created_at integer not null, started_at integer, finished_at integer, requested_by text);
            create index capture_created_at on capture (created_at, id);
            """);
}
