namespace AnomalyApi.Flows.Synthetic;

/// <summary>A kind of planted attack. Its lower-case name is the label of its flows.</summary>
public enum SyntheticAttack
{
    /// <summary>One host tries many ports of many others.</summary>
    Scan,

    /// <summary>One host sends far more out than it ever did, to an address never seen.</summary>
    Exfiltration,

    /// <summary>One host calls home every minute, always with the same few bytes, on a port nobody uses.</summary>
    Beacon,

    /// <summary>Many outside addresses open connections to one server and never finish them.</summary>
    Flood,
}
