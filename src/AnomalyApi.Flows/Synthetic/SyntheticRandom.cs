namespace AnomalyApi.Flows.Synthetic;

/// <summary>A small random source whose numbers are the same on every platform and in every version. Not thread-safe.</summary>
/// <remarks>Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014 (SplitMix64). The framework's seeded
/// Random may give other numbers in another version.</remarks>
internal sealed class SyntheticRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform from 0 up to but without 1.</summary>
    public double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from <paramref name="low"/> up to but without <paramref name="high"/>.</summary>
    public int Between(int low, int high) => low + (int)(Uniform() * (high - low));

    /// <summary>True in <paramref name="share"/> of the cases.</summary>
    public bool Chance(double share) => Uniform() < share;

    /// <summary>Exponentially distributed with the given mean: gaps between independent events.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1 - Uniform());

    /// <summary>Log-normally distributed: most values near <paramref name="median"/>, a few very large, as sizes and durations are.</summary>
    public double LogNormal(double median, double spread)
    {
        // Box and Muller 1958.
        var normal = Math.Sqrt(-2 * Math.Log(1 - Uniform())) * Math.Cos(Math.Tau * Uniform());
        return median * Math.Exp(Math.Clamp(normal, -4, 4) * spread);
    }

    /// <summary>One of the values.</summary>
    public T Pick<T>(IReadOnlyList<T> values) => values[Between(0, values.Count)];
}
