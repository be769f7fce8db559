namespace AnomalyApi.Storage.Rows;

/// <summary>The next number of a sequence that processes take in blocks.</summary>
public sealed class IdCounterRow
{
    /// <summary>The sequence.</summary>
    public required string Name { get; set; }

    /// <summary>The first number not yet taken.</summary>
    public long Next { get; set; }
}
