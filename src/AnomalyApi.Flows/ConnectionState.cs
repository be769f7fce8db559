namespace AnomalyApi.Flows;

/// <summary>How a connection went, in Zeek's words (conn.log <c>conn_state</c>). Values are stored: never renumber.</summary>
public enum ConnectionState : byte
{
    /// <summary>Not given.</summary>
    Unknown = 0,

    /// <summary>Attempt seen, no reply.</summary>
    S0 = 1,

    /// <summary>Established, not ended.</summary>
    S1 = 2,

    /// <summary>Normal establishment and end.</summary>
    SF = 3,

    /// <summary>Attempt rejected.</summary>
    Rej = 4,

    /// <summary>Established; the originator wanted to close, the responder did not answer.</summary>
    S2 = 5,

    /// <summary>Established; the responder wanted to close, the originator did not answer.</summary>
    S3 = 6,

    /// <summary>Established; the originator aborted.</summary>
    Rsto = 7,

    /// <summary>Established; the responder aborted.</summary>
    Rstr = 8,

    /// <summary>The originator sent SYN, then RST, and no SYN-ACK was seen.</summary>
    Rstos0 = 9,

    /// <summary>The responder sent SYN-ACK, then RST, and no SYN was seen.</summary>
    Rstrh = 10,

    /// <summary>The originator sent SYN, then FIN, and no SYN-ACK was seen.</summary>
    SH = 11,

    /// <summary>The responder sent SYN-ACK, then FIN, and no SYN was seen.</summary>
    Shr = 12,

    /// <summary>No SYN seen: traffic in midstream.</summary>
    Oth = 13,
}
