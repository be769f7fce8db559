using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AnomalyApi.Detection.Kernels;

/// <summary>The nearest reference rows of each row, found by comparing with all of them.</summary>
/// <remarks>
/// Nothing is pruned, so the time does not depend on the data, nor on the number of columns more than in proportion. Neighbours are in the
/// order of their distance, equally distant ones in the order of the references: what is found for a row depends on nothing beside it.
/// </remarks>
internal static class NearestRows
{
    /// <summary>No row is to be kept from being its own neighbour.</summary>
    public const int NoSelf = -1;

    // References are read from far memory once for so many rows.
    private const int TileRows = 32;
    private const int KernelRows = 4;

    // A chunk of the references and the distances to it stay in the second-level cache, and nearly in the first.
    private const int ChunkBytes = 64 * 1024;
    private const int MaxChunkPanels = 64;

    /// <summary>Finds the nearest references of every row.</summary>
    /// <param name="rows">Shape [n, columns of the references], all finite, as the references are, and small enough for finite
    /// distances; see <see cref="BoundedRows"/>.</param>
    /// <param name="count">Neighbours a row, from 1 to the number of references, one less if a row must not find itself.</param>
    /// <param name="distances">Receives squared distances, shape [n, count], ascending.</param>
    /// <param name="neighbours">Receives their places among the references, shape [n, count].</param>
    /// <param name="self">Where the first of the rows stands among the references, those after it following, so that no row finds itself;
    /// or <see cref="NoSelf"/>. Copies of a row are found all the same.</param>
    /// <param name="roundingBits">Lowest bits of a squared distance that count as rounding: they are cleared, so that distances that
    /// differ in them alone are equal.</param>
    public static void Find(
        RowPanels references,
        ReadOnlySpan<float> rows,
        int count,
        Span<float> distances,
        Span<int> neighbours,
        int self = NoSelf,
        int roundingBits = 0)
    {
        var width = references.ColumnCount;
        var rowCount = rows.Length / width;
        var chunkPanels = Math.Clamp(ChunkBytes / sizeof(float) / RowPanels.Width / width / 4 * 4, 4, MaxChunkPanels);
        using var toChunk = new Scratch<float>(KernelRows * chunkPanels * RowPanels.Width);
        distances.Fill(float.PositiveInfinity);
        neighbours.Clear();
        for (var tile = 0; tile < rowCount; tile += TileRows)
        {
            var tileEnd = Math.Min(tile + TileRows, rowCount);
            for (var panel = 0; panel < references.PanelCount; panel += chunkPanels)
            {
                var panelCount = Math.Min(chunkPanels, references.PanelCount - panel);
                var firstLane = panel * RowPanels.Width;
                var lanes = panelCount * RowPanels.Width;
                for (var first = tile; first < tileEnd; first += KernelRows)
                {
                    var some = Math.Min(KernelRows, tileEnd - first);
                    var block = toChunk.Span[..(some * lanes)];
                    SquaredDistances.Compute(
                        references, panel, panelCount, rows.Slice(first * width, some * width), block, DistanceKernels.Fastest);

                    for (var row = first; row < first + some; row++)
                    {
                        var toLanes = block.Slice((row - first) * lanes, lanes);
                        if (self != NoSelf && (uint)(self + row - firstLane) < (uint)lanes)
                            toLanes[self + row - firstLane] = float.PositiveInfinity;

                        Keep(
                            toLanes,
                            firstLane,
                            -1 << roundingBits,
                            distances.Slice(row * count, count),
                            neighbours.Slice(row * count, count));
                    }
                }
            }
        }
    }

    /// <summary>Puts what is nearer than the farthest kept into the ascending list, dropping the farthest.</summary>
    /// <param name="candidates">A whole number of panels. Infinite ones are never kept.</param>
    private static void Keep(ReadOnlySpan<float> candidates, int firstLane, int mask, Span<float> distances, Span<int> neighbours)
    {
        var masks = Vector512.Create(mask).AsSingle();
        ref var start = ref MemoryMarshal.GetReference(candidates);
        var farthest = distances[^1];
        for (var at = 0; at < candidates.Length; at += RowPanels.Width)
        {
            // Strictly nearer, so that the earlier of two equally distant rows stays. Few pass once some rows were seen.
            var some = Vector512.LoadUnsafe(ref start, (nuint)at) & masks;
            var nearer = Vector512.LessThan(some, Vector512.Create(farthest)).ExtractMostSignificantBits();
            for (; nearer != 0; nearer &= nearer - 1)
            {
                var lane = at + BitOperations.TrailingZeroCount(nearer);
                var distance = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(candidates[lane]) & mask);
                if (distance < farthest)
                {
                    Insert(distance, firstLane + lane, distances, neighbours);
                    farthest = distances[^1];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Insert(float distance, int neighbour, Span<float> distances, Span<int> neighbours)
    {
        // Upper bound: behind those equally near.
        int low = 0, high = distances.Length - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (distances[middle] <= distance)
                low = middle + 1;
            else
                high = middle;
        }

        distances[low..^1].CopyTo(distances[(low + 1)..]);
        neighbours[low..^1].CopyTo(neighbours[(low + 1)..]);
        distances[low] = distance;
        neighbours[low] = neighbour;
    }
}
