using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AnomalyApi.Storage.Providers.Sqlite.Migrations;

/// <summary>Which other sensors saw a flow, and how many packets one looked-at packet stands for (null: one). Times are microseconds since 1970.</summary>
[DbContext(typeof(SqliteAnomalyDbContext))]
[Migration("20261125000000_Sightings")]
public sealed class M20261125Sightings : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            alter table flow add column sampling_interval integer;
            alter table anomaly add column sampling_interval integer;

            create table flow_sighting (flow_id integer not null, sensor text not null, received_at integer not null,
                primary key (flow_id, sensor)) without rowid;
            create index flow_sighting_received_at on flow_sighting (received_at);
            """);
}
