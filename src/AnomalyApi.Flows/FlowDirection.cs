namespace AnomalyApi.Flows;

/// <summary>Where a flow goes, seen from the local networks. Values are stored: never renumber.</summary>
public enum FlowDirection : byte
{
    /// <summary>Not given and not derived.</summary>
    Unknown = 0,

    /// <summary>From outside to a local address.</summary>
    Inbound = 1,

    /// <summary>From a local address to outside.</summary>
    Outbound = 2,

    /// <summary>Between two local addresses.</summary>
    Internal = 3,

    /// <summary>Between two addresses that are not local.</summary>
    External = 4,
}
