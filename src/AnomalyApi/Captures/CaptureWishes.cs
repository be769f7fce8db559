namespace AnomalyApi.Captures;

/// <summary>What the sender of a file says of it.</summary>
/// <param name="Sensor">Sensor of flows that do not name one.</param>
/// <param name="Format">Name of its format; null when its first bytes tell.</param>
/// <param name="ColumnMap">Which column of a CSV file is which.</param>
internal sealed record CaptureWishes(string? Sensor, string? Format, string? ColumnMap);
