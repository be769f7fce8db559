namespace AnomalyApi.Security;

/// <summary>Claims of a caller that was recognised by its API key.</summary>
internal static class ApiKeyClaims
{
    /// <summary>The public part of the key; safe to log.</summary>
    public const string KeyId = "key_id";
}
