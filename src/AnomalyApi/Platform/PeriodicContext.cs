using AnomalyApi.Storage;

namespace AnomalyApi.Platform;

/// <summary>What the background services need to wait for the database, keep their interval and say what went wrong.</summary>
internal sealed record PeriodicContext(StorageReadiness Readiness, StorageDatabase Database, TimeProvider Time, ILoggerFactory Loggers);
