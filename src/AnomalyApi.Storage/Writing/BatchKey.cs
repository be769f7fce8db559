namespace AnomalyApi.Storage.Writing;

/// <summary>What makes a batch recognisable when it is sent again.</summary>
/// <param name="Scope">Within which keys are unique, such as the sender.</param>
/// <param name="Key">The sender's key.</param>
/// <param name="BodyHash">SHA-256 of the body, 32 bytes.</param>
public sealed record BatchKey(string Scope, string Key, ReadOnlyMemory<byte> BodyHash);
