namespace AnomalyApi.Storage.Writing;

/// <summary>What makes a batch recognisable when it is sent again.</summary>
/// <param name="Scope">Within which keys are unique, such as the sender.</param>
/// <param name="Key">The sender's key.</param>
/// <param name="BodyHash">SHA-256 of the body, 32 bytes.</param>
public sealed record BatchKey(string Scope, string Key, ReadOnlyMemory<byte> BodyHash)
{
    /// <summary>The scope of the lots of captures; no sender has a name with a control character. Kept as long as a capture is open.</summary>
    public const string CaptureScope = "\u001fcapture";
}
