using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Providers.Postgres;

/// <summary>The tables on PostgreSQL.</summary>
public sealed class PostgresAnomalyDbContext(DbContextOptions<PostgresAnomalyDbContext> options) : AnomalyDbContext(options);
