namespace AnomalyApi.Detection;

/// <summary>A small random source whose numbers depend on its seed alone, on every platform and runtime.</summary>
/// <remarks>
/// SplitMix64: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014, figure 16. Our own because
/// <see cref="Random"/> promises no stable sequence and takes only 32 bits of seed. A mutable struct: pass it by reference.
/// </remarks>
internal struct SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 uniform bits; also what seeds another source.</summary>
    public ulong NextUInt64()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number from 0 to <paramref name="bound"/> - 1.</summary>
    /// <remarks>Lemire's multiplication without the rejection step: the bias is below bound / 2^64.</remarks>
    public int NextBelow(int bound) => (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);

    /// <summary>A number in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from the standard normal distribution.</summary>
    /// <remarks>Box and Muller, Annals of Mathematical Statistics 29, 1958; the second number of the pair is dropped.</remarks>
    public double NextNormal()
    {
        // 1 - u is above 0, so the logarithm is finite.
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Puts the values into a random order, each order as likely as any other.</summary>
    /// <remarks>Fisher and Yates; Knuth, The Art of Computer Programming 2, algorithm 3.4.2P.</remarks>
    public void Shuffle<T>(Span<T> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = NextBelow(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
