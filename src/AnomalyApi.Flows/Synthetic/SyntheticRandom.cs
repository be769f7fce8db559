namespace AnomalyApi.Flows.Synthetic;

/// <summary>A small random source whose numbers are the same on every platform and in every version. Not thread-safe.</summary>
/// <remarks>Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014 (SplitMix64). The framework's seeded
/// Random may give other numbers in another version, and the last digit of Math.Exp and Math.Log is the platform's: only what IEEE 754 rounds
/// exactly is used here.</remarks>
internal sealed class SyntheticRandom(ulong seed)
{
    private const double Ln2 = 0.693147180559945309;
    private const double InverseLn2 = 1.44269504088896341;

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

    /// <summary>Uniform from <paramref name="low"/> up to <paramref name="high"/>.</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Uniform());

    /// <summary>A whole number from <paramref name="low"/> up to but without <paramref name="high"/>.</summary>
    public int Between(int low, int high) => low + (int)(((Next() >> 32) * (ulong)(uint)(high - low)) >> 32);

    /// <summary>True in <paramref name="share"/> of the cases.</summary>
    public bool Chance(double share) => Uniform() < share;

    /// <summary>Exponentially distributed with the given mean: gaps between independent events.</summary>
    public double Exponential(double mean) => -mean * Log(1 - Uniform());

    /// <summary>Log-normally distributed: most values near <paramref name="median"/>, a few very large, as sizes and durations are.</summary>
    public double LogNormal(double median, double spread) => median * Exp(Normal() * spread);

    /// <summary>Standard normal to a close approximation, between -6 and 6: the sum of twelve uniforms less its mean, which has variance 1.</summary>
    public double Normal()
    {
        // Four uniforms of 16 bits in each number.
        var sum = Lanes(Next()) + Lanes(Next()) + Lanes(Next());
        return ((sum + 6) / 65_536.0) - 6;
    }

    /// <summary>One of the values.</summary>
    public T Pick<T>(T[] values) => values[Between(0, values.Length)];

    /// <summary>e to the power of <paramref name="x"/>, for -700 to 700, to 10 digits.</summary>
    internal static double Exp(double x)
    {
        // e^x = 2^k e^r with |r| <= ln 2 / 2, where few terms of the series are enough.
        var k = (long)Math.Floor((x * InverseLn2) + 0.5);
        var r = x - (k * Ln2);
        var series = Horner(r, [1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1, 1]);
        return series * BitConverter.Int64BitsToDouble((k + 1023) << 52);
    }

    /// <summary>The natural logarithm of a number above 0 that is not denormal, to 10 digits.</summary>
    internal static double Log(double x)
    {
        // x = 2^k m with m from 1/sqrt 2 to sqrt 2, and ln m = 2 artanh((m - 1) / (m + 1)), where few terms of the series are enough.
        var bits = BitConverter.DoubleToInt64Bits(x);
        var k = (bits >> 52) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (m > 1.4142135623730951)
        {
            m /= 2;
            k++;
        }

        var t = (m - 1) / (m + 1);
        var series = Horner(t * t, [1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1]);
        return (k * Ln2) + (2 * t * series);
    }

    // The polynomial with these coefficients, the highest power first.
    private static double Horner(double x, ReadOnlySpan<double> coefficients)
    {
        var sum = 0.0;
        foreach (var coefficient in coefficients)
        {
            sum = (sum * x) + coefficient;
        }

        return sum;
    }

    private static long Lanes(ulong x) => (long)((x & 0xFFFF) + ((x >> 16) & 0xFFFF) + ((x >> 32) & 0xFFFF) + (x >> 48));
}
