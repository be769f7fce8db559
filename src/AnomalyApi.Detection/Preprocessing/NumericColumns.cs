using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Preprocessing;

/// <summary>Every column's <see cref="NumericColumn"/>, laid out so that 16 columns of a row are prepared at once. Immutable and
/// thread-safe.</summary>
/// <remarks>
/// In double, because the centre of a column of large numbers is not a float. Each column is computed by itself, so a row's values do not
/// depend on the rows beside it. The logarithm is taken only in groups of columns that need it.
/// </remarks>
internal sealed class NumericColumns
{
    private const int Group = 16;

    // Padded to whole groups with columns that change nothing.
    private readonly float[] _fill;
    private readonly double[] _low;
    private readonly double[] _high;
    private readonly double[] _centre;
    private readonly double[] _scale;

    // All bits of a logarithmic column.
    private readonly long[] _isLogarithmic;
    private readonly bool[] _groupHasLogarithm;

    public NumericColumns(ReadOnlySpan<NumericColumn> columns)
    {
        Count = columns.Length;
        var padded = (Count + Group - 1) / Group * Group;
        _fill = new float[padded];
        _low = new double[padded];
        _high = new double[padded];
        _centre = new double[padded];
        _scale = new double[padded];
        _isLogarithmic = new long[padded];
        _groupHasLogarithm = new bool[padded / Group];
        _scale.AsSpan().Fill(1);
        for (var column = 0; column < Count; column++)
        {
            _fill[column] = columns[column].Fill;
            _low[column] = columns[column].Low;
            _high[column] = columns[column].High;
            _centre[column] = columns[column].Centre;
            _scale[column] = columns[column].Scale;
            _isLogarithmic[column] = columns[column].IsLogarithmic ? -1 : 0;
            _groupHasLogarithm[column / Group] |= columns[column].IsLogarithmic;
        }
    }

    public int Count { get; }

    /// <summary>What is known of one column.</summary>
    public NumericColumn this[int column] =>
        new(_isLogarithmic[column] != 0, _fill[column], _low[column], _high[column], _centre[column], _scale[column]);

    /// <param name="row"><see cref="Count"/> values.</param>
    /// <param name="prepared">Receives as many; may be the same.</param>
    public void Apply(ReadOnlySpan<float> row, Span<float> prepared)
    {
        var at = 0;
        for (; at + Group <= row.Length; at += Group)
            Apply(Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)at), at).StoreUnsafe(ref MemoryMarshal.GetReference(prepared), (nuint)at);

        if (at == row.Length)
            return;

        Span<float> last = stackalloc float[Group];
        row[at..].CopyTo(last);
        Apply(Vector512.Create<float>(last), at).CopyTo(last);
        last[..(row.Length - at)].CopyTo(prepared[at..]);
    }

    public void Write(ModelSectionWriter writer)
    {
        writer.WriteArray<float>(_fill.AsSpan(0, Count));
        writer.WriteArray<byte>(Array.ConvertAll(_isLogarithmic, mask => (byte)(mask & 1)).AsSpan(0, Count));
        writer.WriteArray<double>(_low.AsSpan(0, Count));
        writer.WriteArray<double>(_high.AsSpan(0, Count));
        writer.WriteArray<double>(_centre.AsSpan(0, Count));
        writer.WriteArray<double>(_scale.AsSpan(0, Count));
    }

    /// <exception cref="ModelFileException">Something is missing or out of range.</exception>
    public static NumericColumns Read(ModelSectionReader reader)
    {
        var fill = reader.ReadArray<float>();
        var isLogarithmic = reader.ReadArray<byte>(fill.Length, "logarithm flags");
        var low = reader.ReadArray<double>(fill.Length, "lower bounds");
        var high = reader.ReadArray<double>(fill.Length, "upper bounds");
        var centre = reader.ReadArray<double>(fill.Length, "centres");
        var scale = reader.ReadArray<double>(fill.Length, "scales");
        var columns = new NumericColumn[fill.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new NumericColumn(isLogarithmic[i] == 1, fill[i], low[i], high[i], centre[i], scale[i]);
            if (!columns[i].IsValid || isLogarithmic[i] > 1)
                throw new ModelFileException($"Prepared column {i} is {columns[i]}; its numbers must be finite, low <= high and the scale above 0.");
        }

        return new NumericColumns(columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Apply(Vector512<float> values, int at)
    {
        var filled = Vector512.ConditionalSelect(Vector512.IsNaN(values), Vector512.LoadUnsafe(ref _fill[at]), values);
        filled = Vector512.Min(Vector512.Max(filled, Vector512.Create(float.MinValue)), Vector512.Create(float.MaxValue));
        var (first, second) = Vector512.Widen(filled);
        if (_groupHasLogarithm[at / Group])
        {
            first = Vector512.ConditionalSelect(Vector512.LoadUnsafe(ref _isLogarithmic[at]).AsDouble(), Logarithm(first), first);
            second = Vector512.ConditionalSelect(Vector512.LoadUnsafe(ref _isLogarithmic[at + Group / 2]).AsDouble(), Logarithm(second), second);
        }

        return Vector512.Narrow(Scale(first, at), Scale(second, at + Group / 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<double> Scale(Vector512<double> values, int at)
    {
        var bounded = Vector512.Min(Vector512.Max(values, Vector512.LoadUnsafe(ref _low[at])), Vector512.LoadUnsafe(ref _high[at]));
        var scaled = (bounded - Vector512.LoadUnsafe(ref _centre[at])) / Vector512.LoadUnsafe(ref _scale[at]);
        return Vector512.Min(Vector512.Max(scaled, Vector512.Create((double)float.MinValue)), Vector512.Create((double)float.MaxValue));
    }

    private static Vector512<double> Logarithm(Vector512<double> values) =>
        Vector512.CopySign(Vector512.Log(Vector512<double>.One + Vector512.Abs(values)), values);
}
