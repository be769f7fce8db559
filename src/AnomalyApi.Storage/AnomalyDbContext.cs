using System.Text.Json;
using AnomalyApi.Flows;
using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage;

/// <summary>All tables. Each provider has an empty subclass of its own, so that each has its own migrations.</summary>
public abstract class AnomalyDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>Flows as received. Written by <see cref="Writing.FlowWriter"/> only.</summary>
    public DbSet<FlowRow> Flows => Set<FlowRow>();

    /// <summary>Flows whose score reached the threshold; they outlive the flows.</summary>
    public DbSet<AnomalyRow> Anomalies => Set<AnomalyRow>();

    /// <summary>Other sensors that saw a flow. Written by <see cref="Writing.FlowWriter"/> only.</summary>
    public DbSet<FlowSightingRow> FlowSightings => Set<FlowSightingRow>();

    /// <summary>Batches that carried a key, with the answer they got.</summary>
    public DbSet<BatchRow> Batches => Set<BatchRow>();

    /// <summary>Scoring models.</summary>
    public DbSet<ModelRow> Models => Set<ModelRow>();

    /// <summary>Which model was made active when; the newest row of a name counts.</summary>
    public DbSet<ModelActivationRow> ModelActivations => Set<ModelActivationRow>();

    /// <summary>Runs that make models.</summary>
    public DbSet<TrainingRow> Trainings => Set<TrainingRow>();

    /// <summary>Files that were handed in to be read in the background.</summary>
    public DbSet<CaptureRow> Captures => Set<CaptureRow>();

    /// <summary>When trainings run by themselves.</summary>
    public DbSet<ScheduleRow> Schedules => Set<ScheduleRow>();

    /// <summary>Who may call.</summary>
    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    /// <summary>Next free ids.</summary>
    public DbSet<IdCounterRow> IdCounters => Set<IdCounterRow>();

    /// <summary>What came in, by hour and writer.</summary>
    public DbSet<IngestHourRow> IngestHours => Set<IngestHourRow>();

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<IpAddressValue>().HaveConversion<AddressConverter>();
        configurationBuilder.Properties<ConnectionState>().HaveConversion<short>();
        configurationBuilder.Properties<FlowDirection>().HaveConversion<short>();
        if (Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal))
        {
            // SQLite has no type for times; as numbers they take eight bytes and sort.
            configurationBuilder.Properties<DateTime>().HaveConversion<MicrosecondsConverter>();
        }
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<FlowRow>(e =>
        {
            e.ToTable("flow", t => t.ExcludeFromMigrations()).HasKey(r => r.Id);
            e.Property(r => r.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<AnomalyRow>(e =>
        {
            e.ToTable("anomaly", t => t.ExcludeFromMigrations()).HasKey(r => r.Id);
            e.Property(r => r.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<FlowSightingRow>().ToTable("flow_sighting", t => t.ExcludeFromMigrations()).HasKey(r => new { r.FlowId, r.Sensor });
        modelBuilder.Entity<BatchRow>().ToTable("batch", t => t.ExcludeFromMigrations()).HasKey(r => new { r.Scope, r.Key });
        modelBuilder.Entity<ModelRow>(e =>
        {
            e.ToTable("model", t => t.ExcludeFromMigrations()).HasKey(r => r.Version);
            e.Property(r => r.Version).ValueGeneratedNever();
        });
        modelBuilder.Entity<ModelActivationRow>().ToTable("model_activation", t => t.ExcludeFromMigrations()).HasKey(r => r.Id);
        modelBuilder.Entity<TrainingRow>().ToTable("training", t => t.ExcludeFromMigrations()).HasKey(r => r.Id);
        modelBuilder.Entity<CaptureRow>().ToTable("capture", t => t.ExcludeFromMigrations()).HasKey(r => r.Id);
        modelBuilder.Entity<ScheduleRow>().ToTable("schedule", t => t.ExcludeFromMigrations()).HasKey(r => r.Name);
        modelBuilder.Entity<ApiKeyRow>().ToTable("api_key", t => t.ExcludeFromMigrations()).HasKey(r => r.Id);
        modelBuilder.Entity<IdCounterRow>().ToTable("id_counter", t => t.ExcludeFromMigrations()).HasKey(r => r.Name);
        modelBuilder.Entity<IngestHourRow>().ToTable("ingest_hour", t => t.ExcludeFromMigrations()).HasKey(r => new { r.Hour, r.Writer });

        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(ColumnName(property.Name));
            }
        }
    }

    // Columns are named as on the wire where a flow has a name there.
    private static string ColumnName(string property) => property switch
    {
        nameof(FlowColumns.Source) => "src_ip",
        nameof(FlowColumns.Destination) => "dst_ip",
        nameof(FlowColumns.SourcePort) => "src_port",
        nameof(FlowColumns.DestinationPort) => "dst_port",
        nameof(FlowColumns.DurationMicroseconds) => "duration_us",
        nameof(FlowColumns.ForwardPackets) => "fwd_packets",
        nameof(FlowColumns.ReversePackets) => "rev_packets",
        nameof(FlowColumns.ForwardBytes) => "fwd_bytes",
        nameof(FlowColumns.ReverseBytes) => "rev_bytes",
        _ => JsonNamingPolicy.SnakeCaseLower.ConvertName(property),
    };
}
