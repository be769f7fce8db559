using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Preprocessing;

/// <summary>What a preparation learned about one categorical column. Immutable.</summary>
internal sealed class CategoricalColumn
{
    // A code is a position in someone's list of texts. A float holds every whole number up to here.
    private const int MaxCode = 1 << 20;

    private readonly int[] _codes;
    private readonly float[] _shares;
    private readonly CategoryEncoding _encoding;

    // Position of each code in _codes, -1 for one never seen; empty where codes lie so far apart that they are searched for instead, for a
    // hostile file must not get 4 MB for every code it names.
    private readonly int[] _places = [];

    private CategoricalColumn(int[] codes, float[] shares, CategoryEncoding encoding)
    {
        _codes = codes;
        _shares = shares;
        _encoding = encoding;
        if (codes.Length == 0 || codes[^1] >= 1024 + 4 * codes.Length)
            return;

        _places = new int[codes[^1] + 1];
        _places.AsSpan().Fill(-1);
        for (var place = 0; place < codes.Length; place++)
            _places[codes[place]] = place;
    }

    public int OutputCount => _encoding == CategoryEncoding.OneHot ? _codes.Length + 1 : 1;

    /// <exception cref="ArgumentException">A value is no code.</exception>
    public static CategoricalColumn Fit(float[] values, CategoryEncoding encoding)
    {
        var counts = new SortedDictionary<int, int>();
        foreach (var value in values)
        {
            if (float.IsNaN(value))
                continue;

            if (!(value >= 0 && value < MaxCode && value == MathF.Floor(value)))
                throw new ArgumentException($"{value} is no category code; codes are whole numbers from 0 to {MaxCode - 1}.", nameof(values));

            counts[(int)value] = counts.GetValueOrDefault((int)value) + 1;
        }

        return new CategoricalColumn(
            [.. counts.Keys], [.. counts.Values.Select(count => (float)count / values.Length)], encoding);
    }

    /// <param name="encoded">Receives <see cref="OutputCount"/> values.</param>
    public void Apply(float value, Span<float> encoded)
    {
        var place = value >= 0 && value < MaxCode && value == MathF.Floor(value) ? PlaceOf((int)value) : -1;
        if (_encoding == CategoryEncoding.Frequency)
        {
            encoded[0] = place < 0 ? 0 : _shares[place];
            return;
        }

        encoded.Clear();
        encoded[place < 0 ? _codes.Length : place] = 1;
    }

    public void Write(ModelSectionWriter writer)
    {
        writer.WriteInt32((int)_encoding);
        writer.WriteArray<int>(_codes);
        writer.WriteArray<float>(_shares);
    }

    /// <exception cref="ModelFileException">Something is missing or out of range.</exception>
    public static CategoricalColumn Read(ModelSectionReader reader)
    {
        var encoding = (CategoryEncoding)reader.ReadInt32(0, 1, "category encoding");
        var codes = reader.ReadArray<int>();
        var shares = reader.ReadArray<float>(codes.Length, "category shares");
        for (var i = 0; i < codes.Length; i++)
        {
            if (codes[i] < 0 || codes[i] >= MaxCode || (i > 0 && codes[i] <= codes[i - 1]) || !(shares[i] >= 0 && shares[i] <= 1))
                throw new ModelFileException($"Category {i} has code {codes[i]} and share {shares[i]}; codes ascend from 0 to {MaxCode - 1}, shares are 0 to 1.");
        }

        return new CategoricalColumn(codes, shares, encoding);
    }

    /// <summary>Below 0 for a code never seen.</summary>
    private int PlaceOf(int code) => _places.Length == 0 ? Array.BinarySearch(_codes, code) : code < _places.Length ? _places[code] : -1;
}
