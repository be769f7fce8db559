using System.Numerics.Tensors;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>A map into a space where the product of two rows is about exp(-gamma |x - y|^2). Immutable and thread-safe.</summary>
/// <remarks>
/// Rahimi and Recht, Random Features for Large-Scale Kernel Machines, NIPS 2007, section 3: cosine and sine of random projections, drawn
/// from the normal distribution with variance 2 gamma. Each pair has length 1, so every mapped row has.
/// </remarks>
internal sealed class FourierFeatures
{
    /// <summary>The number of features is a multiple of this, so that vectors have no rest.</summary>
    public const int Step = 32;

    private const float LargestFrequency = 1e6f;

    private readonly float[] _frequencies;
    private readonly float _length;

    private FourierFeatures(float[] frequencies, int columnCount)
    {
        _frequencies = frequencies;
        ColumnCount = columnCount;
        PairCount = frequencies.Length / columnCount;
        _length = MathF.Sqrt(1f / PairCount);
    }

    /// <summary>Columns of the rows that are mapped.</summary>
    public int ColumnCount { get; }

    /// <summary>Half of the features.</summary>
    public int PairCount { get; }

    /// <summary>Values of a mapped row.</summary>
    public int Count => 2 * PairCount;

    /// <summary>Draws the projections.</summary>
    /// <param name="count">Number of features, a multiple of <see cref="Step"/>.</param>
    public static FourierFeatures Draw(int columnCount, int count, double gamma, ref SeededRandom random)
    {
        var deviation = Math.Sqrt(2 * gamma);
        var frequencies = new float[columnCount * (count / 2)];
        for (var k = 0; k < frequencies.Length; k++)
            frequencies[k] = (float)Math.Clamp(deviation * random.NextNormal(), -LargestFrequency, LargestFrequency);

        return new FourierFeatures(frequencies, columnCount);
    }

    /// <summary>Maps one row.</summary>
    /// <param name="row"><see cref="ColumnCount"/> values within <see cref="BoundedRows.Bound"/>.</param>
    /// <param name="mapped">Receives <see cref="Count"/> values: the cosines, then the sines.</param>
    /// <param name="angles">Room for <see cref="PairCount"/> values.</param>
    public void Map(ReadOnlySpan<float> row, Span<float> mapped, Span<float> angles)
    {
        angles.Clear();
        for (var column = 0; column < row.Length; column++)
            TensorPrimitives.MultiplyAdd(_frequencies.AsSpan(column * PairCount, PairCount), row[column], angles, angles);

        TensorPrimitives.SinCos(angles, mapped[PairCount..], mapped[..PairCount]);
        TensorPrimitives.Multiply(mapped, _length, mapped);
    }

    public void Write(ModelSectionWriter writer)
    {
        writer.WriteInt32(ColumnCount);
        writer.WriteArray<float>(_frequencies);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The content is no such map.</exception>
    public static FourierFeatures Read(ModelSectionReader reader)
    {
        var columns = reader.ReadInt32(1, int.MaxValue, "feature count");
        var frequencies = reader.ReadArray<float>();
        if (frequencies.Length == 0 || frequencies.Length % ((long)columns * (Step / 2)) != 0)
            throw new ModelFileException($"{frequencies.Length} frequencies are no multiple of {Step / 2} for {columns} columns.");

        return frequencies.Any(value => !(Math.Abs(value) <= LargestFrequency))
            ? throw new ModelFileException($"A frequency is beyond {LargestFrequency}.")
            : new FourierFeatures(frequencies, columns);
    }
}
