using System.Security.Cryptography;
using System.Text;

namespace AnomalyApi.Security;

/// <summary>An API key as its owner holds it: <c>anm_{id}_{secret}</c>. Only the id and a hash of the whole are stored.</summary>
/// <param name="Id">Public part, 12 characters; finds the row and may be logged.</param>
/// <param name="Text">The whole key.</param>
internal sealed record ApiKeySecret(string Id, string Text)
{
    private const string Prefix = "anm_";
    private const int IdLength = 12;

    /// <summary>Longest text that is looked at.</summary>
    private const int MaxLength = 128;

    /// <summary>A new key with 256 random bits.</summary>
    public static ApiKeySecret Create()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        return new ApiKeySecret(id, $"{Prefix}{id}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}");
    }

    public static bool TryParse(string text, out ApiKeySecret? key)
    {
        key = null;
        var idEnd = Prefix.Length + IdLength;
        if (text.Length > MaxLength || text.Length <= idEnd || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[idEnd] != '_')
        {
            return false;
        }

        key = new ApiKeySecret(text[Prefix.Length..idEnd], text);
        return true;
    }

    /// <summary>SHA-256 of the key. A slow hash would add nothing: 256 random bits cannot be guessed.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.UTF8.GetBytes(Text));

    /// <summary>Compares in a time that does not depend on where the hashes differ.</summary>
    public bool Matches(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(Hash(), hash);
}
