using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AnomalyApi.Storage.Providers.Sqlite.Migrations;

/// <summary>The first tables. Times are microseconds since 1970.</summary>
[DbContext(typeof(SqliteAnomalyDbContext))]
[Migration("20260101000000_Initial")]
public sealed class M20260101Initial : Migration
{
    private const string FlowColumns =
        """
        received_at integer not null, start_time integer not null, duration_us integer, src_ip blob not null, dst_ip blob not null,
            src_port integer, dst_port integer, protocol integer not null,
            fwd_packets integer, rev_packets integer, fwd_bytes integer, rev_bytes integer, tcp_flags integer,
            state integer not null, direction integer not null, service text, sensor text, community_id text, label text
        """;

    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql(
            $"""
             create table flow (id integer primary key, committed_in integer not null, score real, current_score real, model_version integer,
                 {FlowColumns});
             create index flow_feed on flow (committed_in, id);
             create index flow_start_time on flow (start_time);
             create index flow_received_at on flow (received_at);
             create index flow_unscored on flow (committed_in, id) where score is null;

             create table anomaly (id integer primary key, committed_in integer not null, detected_at integer not null, flow_id integer not null,
                 score real not null, p_value real not null, severity integer not null, model_version integer not null, threshold real not null,
                 status text not null default 'new', explanation text not null,
                 {FlowColumns});
             create index anomaly_feed on anomaly (committed_in, id);
             create index anomaly_detected_at on anomaly (detected_at);
             create index anomaly_src_ip on anomaly (src_ip);
             create index anomaly_dst_ip on anomaly (dst_ip);

             create table batch (scope text not null, "key" text not null, body_hash blob not null, answer blob not null, batch_id text not null,
                 created_at integer not null, primary key (scope, "key")) without rowid;
             create index batch_created_at on batch (created_at);

             create table model (version integer primary key, name text not null, kind text not null, detector text not null,
                 created_at integer not null, parent_version integer, training_id text, metadata text not null, metrics text not null,
                 bytes blob not null);

             create table model_activation (id integer primary key autoincrement, model_name text not null, version integer not null,
                 activated_at integer not null, activated_by text not null, reason text not null);
             create index model_activation_name on model_activation (model_name, id);

             create table training (id text primary key, model_name text not null, status text not null, stage text not null,
                 progress real not null, "trigger" text not null, kind text not null, request text not null, log text not null, metrics text,
                 model_version integer, error text, cancel_requested integer not null, created_at integer not null, started_at integer,
                 finished_at integer, owner text, requested_by text);
             create index training_created_at on training (created_at, id);

             create table schedule (name text primary key, cron text not null, time_zone text not null, paused integer not null,
                 request text not null, last_fired_at integer, updated_at integer not null);

             create table api_key (id text primary key, name text not null, hash blob not null, roles text not null, created_at integer not null,
                 created_by text not null, expires_at integer, revoked_at integer);

             create table id_counter (name text primary key, next integer not null) without rowid;

             create table ingest_hour (hour integer not null, writer text not null, flows integer not null, rejected integer not null,
                 anomalies integer not null, primary key (hour, writer)) without rowid;
             """);
    }
}
