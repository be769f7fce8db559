using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AnomalyApi.Storage.Providers.Postgres.Migrations;

/// <summary>Which other sensors saw a flow, and how many packets one looked-at packet stands for (null: one).</summary>
[DbContext(typeof(PostgresAnomalyDbContext))]
[Migration("20261125000000_Sightings")]
public sealed class M20261125Sightings : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            """
            alter table flow add column sampling_interval integer;
            alter table anomaly add column sampling_interval integer;

            create table flow_sighting (flow_id bigint not null, sensor text not null, received_at timestamptz not null,
                primary key (flow_id, sensor));
            create index flow_sighting_received_at on flow_sighting (received_at);
            """);
}
