using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Storage.Providers.Sqlite;

/// <summary>The tables on SQLite.</summary>
public sealed class SqliteAnomalyDbContext(DbContextOptions<SqliteAnomalyDbContext> options) : AnomalyDbContext(options);
