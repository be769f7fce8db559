namespace AnomalyApi.Storage.Stores;

/// <summary>Keeps one string of each short text that repeats, so that a sample of many rows does not hold the same words many times.</summary>
internal sealed class TextCache
{
    private const int Limit = 4096;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    public string One(string text)
    {
        if (_texts.TryGetValue(text, out var known))
        {
            return known;
        }

        if (_texts.Count < Limit)
        {
            _texts.Add(text);
        }

        return text;
    }
}
