using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Kernels;

/// <summary>Keeps values within bounds that leave every squared distance finite, so that nothing behind it needs to think of infinity.</summary>
/// <remarks>The bound is about 1.8e18 for 24 columns: standardised values, and most others, never meet it.</remarks>
internal static class BoundedRows
{
    /// <summary>The largest magnitude a value may have.</summary>
    /// <remarks>Two rows of opposite corners are then (2 bound)^2 x columns apart, with room for rounding.</remarks>
    public static float Bound(int columnCount) => (float)(Math.Sqrt(float.MaxValue / (double)columnCount) / 2.001);

    /// <summary>Copies values; those that are beyond the bound become the bound, with their sign, and NaN becomes the bound.</summary>
    /// <param name="destination">Receives as many values.</param>
    public static void Copy(ReadOnlySpan<float> values, Span<float> destination, float bound)
    {
        var at = 0;
        ref var from = ref MemoryMarshal.GetReference(values);
        ref var to = ref MemoryMarshal.GetReference(destination[..values.Length]);
        var high = Vector256.Create(bound);
        for (; at + Vector256<float>.Count <= values.Length; at += Vector256<float>.Count)
        {
            var some = Vector256.LoadUnsafe(ref from, (nuint)at);

            // NaN is not less, so it takes the other side.
            some = Vector256.ConditionalSelect(Vector256.LessThan(some, high), some, high);
            Vector256.Max(some, -high).StoreUnsafe(ref to, (nuint)at);
        }

        for (; at < values.Length; at++)
            destination[at] = Clamp(values[at], bound);
    }

    /// <summary>A copy of all rows within the bound for their width.</summary>
    public static FeatureMatrix Copy(FeatureMatrix rows)
    {
        var copy = new FeatureMatrix(new float[rows.RowCount * rows.ColumnCount], rows.RowCount, rows.ColumnCount);
        Copy(rows.AsSpan(), copy.AsSpan(), Bound(rows.ColumnCount));
        return copy;
    }

    /// <summary>The scalar twin of <see cref="Copy(ReadOnlySpan{float}, Span{float}, float)"/>.</summary>
    public static float Clamp(float value, float bound) => !(value < bound) ? bound : Math.Max(value, -bound);
}
