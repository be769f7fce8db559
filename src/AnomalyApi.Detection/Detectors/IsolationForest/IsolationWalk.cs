using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Walks rows down the trees.</summary>
/// <remarks>
/// The cost of a walk is waiting: each comparison needs the one before it. So many rows go down one tree together, and a block of rows and
/// the tree both stay in the first-level cache. Nothing here checks bounds: a heap cannot be left in <see cref="IsolationTrees.Depth"/>
/// steps, and features are below the column count in every tree that is grown or read. Figures are in docs/explanation/performance.md.
/// </remarks>
internal static unsafe class IsolationWalk
{
    private const int VectorRows = 64;
    private const int InterleavedRows = 8;

    // Half of the smallest first-level cache in use today (32 KB), the rest for the tree.
    private const int BlockBytes = 24 * 1024;

    /// <summary>Sets each sum to the path lengths of its row over all trees, added in tree order.</summary>
    /// <param name="rows">As many columns as the trees were grown on.</param>
    /// <param name="sums">One for each row.</param>
    public static void SumPathLengths(IsolationTrees trees, FeatureMatrix rows, Span<float> sums, IsolationKernel kernel)
    {
        sums.Clear();
        if (sums.IsEmpty)
            return;

        var blockRows = Math.Max(VectorRows, BlockBytes / sizeof(float) / rows.ColumnCount / VectorRows * VectorRows);
        fixed (float* values = rows.Values, thresholds = trees.Thresholds, lengths = trees.Lengths, allSums = sums)
        fixed (int* features = trees.Features)
        {
            for (var first = 0; first < sums.Length; first += blockRows)
            {
                var block = new Block(
                    values + (nint)first * rows.ColumnCount, rows.ColumnCount, allSums + first, Math.Min(blockRows, sums.Length - first));
                for (var offset = 0; offset < trees.Features.Length; offset += trees.Stride)
                {
                    // Places at the bottom are numbered from Stride on, as the last level of the heap.
                    var tree = new Tree(features + offset, thresholds + offset, lengths + offset - trees.Stride, trees.Depth);
                    var done = kernel == IsolationKernel.Vector ? AddVector(tree, block) : 0;
                    done = kernel >= IsolationKernel.Interleaved ? AddInterleaved(tree, block, done) : 0;
                    AddPlain(tree, block, done);
                }
            }
        }
    }

    private static void AddPlain(in Tree tree, in Block block, int first)
    {
        for (var row = first; row < block.RowCount; row++)
        {
            var values = block.Values + (nint)row * block.ColumnCount;
            var node = 1;
            for (var level = 0; level < tree.Depth; level++)
                node = Child(tree, values, node);

            block.Sums[row] += tree.Lengths[node];
        }
    }

    /// <summary>Returns the first row that is left over.</summary>
    private static int AddInterleaved(in Tree tree, in Block block, int first)
    {
        nint width = block.ColumnCount;
        var row = first;
        for (; row + InterleavedRows <= block.RowCount; row += InterleavedRows)
        {
            var values = block.Values + row * width;
            int a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1;
            for (var level = 0; level < tree.Depth; level++)
            {
                a = Child(tree, values, a);
                b = Child(tree, values + width, b);
                c = Child(tree, values + 2 * width, c);
                d = Child(tree, values + 3 * width, d);
                e = Child(tree, values + 4 * width, e);
                f = Child(tree, values + 5 * width, f);
                g = Child(tree, values + 6 * width, g);
                h = Child(tree, values + 7 * width, h);
            }

            var sums = block.Sums + row;
            sums[0] += tree.Lengths[a];
            sums[1] += tree.Lengths[b];
            sums[2] += tree.Lengths[c];
            sums[3] += tree.Lengths[d];
            sums[4] += tree.Lengths[e];
            sums[5] += tree.Lengths[f];
            sums[6] += tree.Lengths[g];
            sums[7] += tree.Lengths[h];
        }

        return row;
    }

    /// <summary>Returns the first row that is left over.</summary>
    /// <remarks>
    /// The six upper levels are permutes of registers: node i of a heap lies in lane i mod 16 of table i / 16, and a permute looks only at
    /// the low bits. The levels below, the features and the path lengths are gathered.
    /// </remarks>
    private static int AddVector(in Tree tree, in Block block)
    {
        if (block.RowCount < VectorRows)
            return 0;

        // Locals, because what lies behind a reference would be loaded again after every store to the sums.
        int* features = tree.Features;
        float* thresholds = tree.Thresholds, lengths = tree.Lengths;
        var depth = tree.Depth;
        Vector512<int> f0 = Vector512.Load(features), f1 = Vector512.Load(features + 16);
        Vector512<int> f2 = Vector512.Load(features + 32), f3 = Vector512.Load(features + 48);
        Vector512<float> t0 = Vector512.Load(thresholds), t1 = Vector512.Load(thresholds + 16);
        Vector512<float> t2 = Vector512.Load(thresholds + 32), t3 = Vector512.Load(thresholds + 48);
        var lanes = Vector512<int>.Indices * block.ColumnCount;
        nint step = 16 * (nint)block.ColumnCount;
        var row = 0;
        for (; row + VectorRows <= block.RowCount; row += VectorRows)
        {
            var values = block.Values + row * (nint)block.ColumnCount;
            Vector512<int> a = Vector512<int>.One, b = a, c = a, d = a;
            for (var level = 0; level < 4; level++)
            {
                a = Children(values, lanes, a, Avx512F.PermuteVar16x32(f0, a), Avx512F.PermuteVar16x32(t0, a));
                b = Children(values + step, lanes, b, Avx512F.PermuteVar16x32(f0, b), Avx512F.PermuteVar16x32(t0, b));
                c = Children(values + 2 * step, lanes, c, Avx512F.PermuteVar16x32(f0, c), Avx512F.PermuteVar16x32(t0, c));
                d = Children(values + 3 * step, lanes, d, Avx512F.PermuteVar16x32(f0, d), Avx512F.PermuteVar16x32(t0, d));
            }

            a = Children(values, lanes, a, Avx512F.PermuteVar16x32(f1, a), Avx512F.PermuteVar16x32(t1, a));
            b = Children(values + step, lanes, b, Avx512F.PermuteVar16x32(f1, b), Avx512F.PermuteVar16x32(t1, b));
            c = Children(values + 2 * step, lanes, c, Avx512F.PermuteVar16x32(f1, c), Avx512F.PermuteVar16x32(t1, c));
            d = Children(values + 3 * step, lanes, d, Avx512F.PermuteVar16x32(f1, d), Avx512F.PermuteVar16x32(t1, d));

            a = Children(values, lanes, a, Avx512F.PermuteVar16x32x2(f2, a, f3), Avx512F.PermuteVar16x32x2(t2, a, t3));
            b = Children(values + step, lanes, b, Avx512F.PermuteVar16x32x2(f2, b, f3), Avx512F.PermuteVar16x32x2(t2, b, t3));
            c = Children(values + 2 * step, lanes, c, Avx512F.PermuteVar16x32x2(f2, c, f3), Avx512F.PermuteVar16x32x2(t2, c, t3));
            d = Children(values + 3 * step, lanes, d, Avx512F.PermuteVar16x32x2(f2, d, f3), Avx512F.PermuteVar16x32x2(t2, d, t3));

            for (var level = IsolationTrees.MinDepth; level < depth; level++)
            {
                a = Children(values, lanes, a, Gather(features, a), Gather(thresholds, a));
                b = Children(values + step, lanes, b, Gather(features, b), Gather(thresholds, b));
                c = Children(values + 2 * step, lanes, c, Gather(features, c), Gather(thresholds, c));
                d = Children(values + 3 * step, lanes, d, Gather(features, d), Gather(thresholds, d));
            }

            var sums = block.Sums + row;
            (Vector512.Load(sums) + Gather(lengths, a)).Store(sums);
            (Vector512.Load(sums + 16) + Gather(lengths, b)).Store(sums + 16);
            (Vector512.Load(sums + 32) + Gather(lengths, c)).Store(sums + 32);
            (Vector512.Load(sums + 48) + Gather(lengths, d)).Store(sums + 48);
        }

        return row;
    }

    /// <summary>Right when the value is not less, so also when it is NaN.</summary>
    /// <remarks>The comparison is used as a number, because a branch would be mispredicted half the time.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Child(in Tree tree, float* values, int node) =>
        2 * node + Unsafe.BitCast<bool, byte>(!(values[tree.Features[node]] < tree.Thresholds[node]));

    /// <summary><see cref="Child"/> of sixteen rows; a true lane is -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Children(
        float* values, Vector512<int> lanes, Vector512<int> nodes, Vector512<int> features, Vector512<float> thresholds) =>
        nodes + nodes - Avx512F.CompareNotLessThan(Gather(values, lanes + features), thresholds).AsInt32();

    // .NET 10 has gathers of 256 bits only.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather(float* table, Vector512<int> at) =>
        Vector512.Create(
            Avx2.GatherVector256(table, at.GetLower(), sizeof(float)), Avx2.GatherVector256(table, at.GetUpper(), sizeof(float)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Gather(int* table, Vector512<int> at) =>
        Vector512.Create(
            Avx2.GatherVector256(table, at.GetLower(), sizeof(int)), Avx2.GatherVector256(table, at.GetUpper(), sizeof(int)));

    private readonly struct Tree(int* features, float* thresholds, float* lengths, int depth)
    {
        public readonly int* Features = features;
        public readonly float* Thresholds = thresholds;
        public readonly float* Lengths = lengths;
        public readonly int Depth = depth;
    }

    private readonly struct Block(float* values, int columnCount, float* sums, int rowCount)
    {
        public readonly float* Values = values;
        public readonly int ColumnCount = columnCount;
        public readonly float* Sums = sums;
        public readonly int RowCount = rowCount;
    }
}
