using System.Numerics;

namespace AnomalyApi.Detection.Detectors;

/// <summary>How rows enter a network.</summary>
internal static class NetworkInput
{
    /// <summary>Values beyond it, on either side, are taken as it.</summary>
    /// <remarks>Of a million rows standardised by themselves none is further out than the square root of their number, so it only meets
    /// what scaling has not seen, and keeps every sum of a network finite.</remarks>
    public const float Limit = 1000;

    /// <summary>Copies a row into the begin of <paramref name="target"/>, limited, with NaN as 0, the mean of a standardised column; the
    /// rest becomes zero.</summary>
    public static void Copy(ReadOnlySpan<float> row, Span<float> target)
    {
        var i = 0;
        for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = new Vector<float>(row[i..]);
            x = Vector.ConditionalSelect(Vector.Equals(x, x), x, Vector<float>.Zero);
            Vector.Max(Vector.Min(x, Vector.Create(Limit)), Vector.Create(-Limit)).CopyTo(target[i..]);
        }

        CopyScalar(row[i..], target[i..]);
    }

    /// <summary>The same as <see cref="Copy"/>, one value after another.</summary>
    public static void CopyScalar(ReadOnlySpan<float> row, Span<float> target)
    {
        for (var i = 0; i < row.Length; i++)
            target[i] = float.IsNaN(row[i]) ? 0 : Math.Clamp(row[i], -Limit, Limit);

        target[row.Length..].Clear();
    }
}
