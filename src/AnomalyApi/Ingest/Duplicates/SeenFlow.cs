namespace AnomalyApi.Ingest.Duplicates;

/// <summary>A flow that was stored, or is about to be, while it is remembered.</summary>
internal sealed class SeenFlow
{
    /// <summary>The id of a flow that is stored under an id that is not known here.</summary>
    public const long UnknownId = -1;

    /// <summary>The group of its sensor, and its Community ID.</summary>
    public required (int Group, string CommunityId) Key { get; init; }

    /// <summary>Who reported it first.</summary>
    public required string Sensor { get; init; }

    /// <summary>UTC microseconds.</summary>
    public required long Start { get; init; }

    /// <summary>UTC microseconds.</summary>
    public required long End { get; init; }

    /// <summary>When it came, as a timestamp of the clock.</summary>
    public required long SeenAt { get; init; }

    /// <summary>The batch that brings it.</summary>
    public required DuplicateClaim Claim { get; init; }

    /// <summary>Row in its batch; once its duplicates are known, among those that are left.</summary>
    public required int Row { get; set; }

    /// <summary>Its id, once the batch has one; <see cref="UnknownId"/> when the batch had been stored before.</summary>
    public long FlowId { get; set; }

    /// <summary>The flow with the same key that came before.</summary>
    public SeenFlow? Earlier { get; set; }
}
