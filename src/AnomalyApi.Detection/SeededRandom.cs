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
}
