namespace AnomalyApi.Security;

/// <summary>What became of a request to revoke a key.</summary>
internal enum Revocation
{
    /// <summary>It is refused from now on.</summary>
    Done,

    /// <summary>There is no such key, or it was revoked before.</summary>
    Unknown,

    /// <summary>It is the last live key that may make others; without it everybody would be locked out.</summary>
    LastAdmin,
}
