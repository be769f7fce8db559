using System.Runtime.InteropServices;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Cuts one column after another into bins that hold about as many rows each. One for each thread.</summary>
internal sealed class ColumnBinner(int rowCount, int maxBins)
{
    // Key in the upper half, row in the lower, so that the order of the values leads back to the rows.
    private ulong[] _sorted = new ulong[rowCount];
    private ulong[] _spare = new ulong[rowCount];
    private readonly List<float> _cuts = new(maxBins);

    /// <summary>Bins a column.</summary>
    /// <param name="rows">The rows; NaN is missing, other values are finite.</param>
    /// <param name="bins">Receives the bin of each row, <see cref="BinnedRows.MissingBin"/> for NaN.</param>
    /// <returns>Upper edges of all bins but the last: bin b holds values from edge b - 1 to below edge b.</returns>
    public float[] Bin(FeatureMatrix rows, int column, Span<byte> bins)
    {
        var count = 0;
        for (int row = 0, at = column; row < bins.Length; row++, at += rows.ColumnCount)
        {
            // Adding 0 makes -0 and +0 the same value, as a comparison sees them.
            var value = rows.Values[at] + 0f;
            if (float.IsNaN(value))
                bins[row] = BinnedRows.MissingBin;
            else
                _sorted[count++] = ((ulong)ToKey(value) << 32) | (uint)row;
        }

        Sort(count);
        return Cut(_sorted.AsSpan(0, count), bins);
    }

    /// <summary>Bits that sort as the values do.</summary>
    private static uint ToKey(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return bits ^ ((uint)((int)bits >> 31) | 0x80000000);
    }

    private static float ToValue(ulong sorted)
    {
        var key = (uint)(sorted >> 32);
        return BitConverter.UInt32BitsToSingle((key & 0x80000000) != 0 ? key ^ 0x80000000 : ~key);
    }

    /// <summary>Radix sort by the four bytes of the key; bytes that are the same in all rows are passed over.</summary>
    private void Sort(int count)
    {
        Span<int> counts = stackalloc int[4 * 256];
        counts.Clear();
        foreach (var item in _sorted.AsSpan(0, count))
        {
            counts[(byte)(item >> 32)]++;
            counts[256 + (byte)(item >> 40)]++;
            counts[512 + (byte)(item >> 48)]++;
            counts[768 + (byte)(item >> 56)]++;
        }

        for (var pass = 0; pass < 4; pass++)
        {
            var places = counts.Slice(256 * pass, 256);
            if (places.Contains(count))
                continue;

            var next = 0;
            foreach (ref var place in places)
                (place, next) = (next, next + place);

            var shift = 32 + 8 * pass;
            foreach (var item in _sorted.AsSpan(0, count))
                _spare[places[(byte)(item >> shift)]++] = item;

            (_sorted, _spare) = (_spare, _sorted);
        }
    }

    private float[] Cut(ReadOnlySpan<ulong> sorted, Span<byte> bins)
    {
        _cuts.Clear();
        var distinct = sorted.IsEmpty ? 0 : 1;
        for (var i = 1; i < sorted.Length; i++)
            distinct += sorted[i] >> 32 != sorted[i - 1] >> 32 ? 1 : 0;

        // With few values each has its own bin; with many a bin takes its share of the rows that are left.
        var first = 0;
        var inBin = 0;
        var target = distinct <= maxBins ? 1 : (double)sorted.Length / maxBins;
        while (first < sorted.Length)
        {
            var end = first + 1;
            while (end < sorted.Length && sorted[end] >> 32 == sorted[first] >> 32)
                end++;

            var overshoot = inBin + (end - first) - target;
            if (inBin > 0 && _cuts.Count < maxBins - 1 && (overshoot > target - inBin || inBin >= target))
            {
                _cuts.Add(Between(ToValue(sorted[first - 1]), ToValue(sorted[first])));
                inBin = 0;
                if (distinct > maxBins)
                    target = (double)(sorted.Length - first) / (maxBins - _cuts.Count);
            }

            for (var i = first; i < end; i++)
                bins[(int)(uint)sorted[i]] = (byte)_cuts.Count;

            inBin += end - first;
            first = end;
        }

        return CollectionsMarshal.AsSpan(_cuts).ToArray();
    }

    /// <summary>The middle of two values, above the lower one and at most the upper one whatever is rounded.</summary>
    private static float Between(float low, float high) =>
        Math.Clamp((float)(low + ((double)high - low) / 2), MathF.BitIncrement(low), high);
}
