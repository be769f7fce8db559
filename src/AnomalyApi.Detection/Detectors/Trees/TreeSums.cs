using System.Buffers;
using System.Numerics;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Adds up the leaves that rows fall into.</summary>
/// <remarks>
/// Nothing here checks bounds: <see cref="DecisionTrees"/> are grown by us or checked when they are read. Figures are in
/// docs/explanation/performance.md.
/// </remarks>
internal static unsafe class TreeSums
{
    private const int VectorRows = 64;
    private const int InterleavedRows = 8;
    private const int Alignment = 64;

    /// <summary>Sets each sum to the offset plus the leaves of its row, added in tree order.</summary>
    /// <param name="rows">As many columns as the trees were grown on. NaN goes where its node sends missing values.</param>
    /// <param name="sums">One for each row.</param>
    public static void Sum(DecisionTrees trees, FeatureMatrix rows, Span<float> sums, TreeKernel kernel)
    {
        sums.Fill(trees.Offset);
        if (sums.IsEmpty)
            return;

        fixed (float* values = rows.Values, allSums = sums)
        fixed (DecisionNode* nodes = trees.Nodes)
        {
            var done = kernel == TreeKernel.Vector && trees.Program is not null && sums.Length >= VectorRows
                ? AddVector(trees.Program, values, rows.ColumnCount, allSums, sums.Length)
                : 0;
            for (var tree = 0; tree < trees.TreeCount && done < sums.Length; tree++)
            {
                var first = nodes + trees.Starts[tree];
                var next = kernel >= TreeKernel.Interleaved
                    ? AddInterleaved(first, trees.Depths[tree], values, rows.ColumnCount, allSums, done, sums.Length)
                    : done;
                AddPlain(first, values, rows.ColumnCount, allSums, next, sums.Length);
            }
        }
    }

    private static void AddPlain(DecisionNode* nodes, float* values, nint width, float* sums, int row, int end)
    {
        for (; row < end; row++)
        {
            var node = 0;
            while (!nodes[node].IsLeaf)
                node = nodes[node].Child(values[row * width + nodes[node].Column]);

            sums[row] += nodes[node].Value;
        }
    }

    /// <summary>Returns the first row that is left over.</summary>
    private static int AddInterleaved(DecisionNode* nodes, int depth, float* values, nint width, float* sums, int row, int end)
    {
        for (; row + InterleavedRows <= end; row += InterleavedRows)
        {
            var v = values + row * width;
            int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
            for (var level = 0; level < depth; level++)
            {
                a = nodes[a].Child(v[nodes[a].Column]);
                b = nodes[b].Child(v[width + nodes[b].Column]);
                c = nodes[c].Child(v[2 * width + nodes[c].Column]);
                d = nodes[d].Child(v[3 * width + nodes[d].Column]);
                e = nodes[e].Child(v[4 * width + nodes[e].Column]);
                f = nodes[f].Child(v[5 * width + nodes[f].Column]);
                g = nodes[g].Child(v[6 * width + nodes[g].Column]);
                h = nodes[h].Child(v[7 * width + nodes[h].Column]);
            }

            sums[row] += nodes[a].Value;
            sums[row + 1] += nodes[b].Value;
            sums[row + 2] += nodes[c].Value;
            sums[row + 3] += nodes[d].Value;
            sums[row + 4] += nodes[e].Value;
            sums[row + 5] += nodes[f].Value;
            sums[row + 6] += nodes[g].Value;
            sums[row + 7] += nodes[h].Value;
        }

        return row;
    }

    /// <summary>Returns the first row that is left over.</summary>
    private static int AddVector(TreeProgram program, float* values, nint width, float* sums, int count)
    {
        var columnBytes = VectorRows * sizeof(float);
        var buffer = ArrayPool<byte>.Shared.Rent(Alignment + (program.Columns.Length + program.SlotCount) * columnBytes);
        try
        {
            return AddVector(program, values, width, sums, count, buffer);
        }
        finally
        {
            // Here it is no longer pinned: whoever rents it next may be moved with it.
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int AddVector(TreeProgram program, float* values, nint width, float* sums, int count, byte[] buffer)
    {
        fixed (byte* begin = buffer)
        fixed (TreeProgram.Tree* trees = program.Trees)
        fixed (TreeProgram.Pair* pairs = program.Pairs)
        fixed (TreeProgram.Constant* constants = program.Constants)
        fixed (TreeProgram.Join* joins = program.Joins)
        {
            // An unaligned vector of 64 bytes always touches two cache lines.
            var columns = (float*)(((nint)begin + Alignment - 1) & -Alignment);
            var slots = columns + program.Columns.Length * VectorRows;
            var row = 0;
            for (; row + VectorRows <= count; row += VectorRows)
            {
                Turn(program, values + row * width, width, columns);
                AddBlock(trees, program.Trees.Length, pairs, constants, joins, columns, slots, sums + row);
            }

            return row;
        }
    }

    /// <summary>Puts a block of rows column by column. Where missing values go left they become the least value of all; elsewhere NaN
    /// already goes right, being less than nothing.</summary>
    private static void Turn(TreeProgram program, float* values, nint width, float* columns)
    {
        foreach (var (column, missingLeft) in program.Columns)
        {
            var from = values + column;
            for (var i = 0; i < VectorRows; i++)
            {
                var value = from[i * width];
                columns[i] = missingLeft && float.IsNaN(value) ? float.NegativeInfinity : value;
            }

            columns += VectorRows;
        }
    }

    private static void AddBlock(
        TreeProgram.Tree* trees,
        int treeCount,
        TreeProgram.Pair* pair,
        TreeProgram.Constant* constant,
        TreeProgram.Join* join,
        float* columns,
        float* slots,
        float* sums)
    {
        var pairs = pair;
        var constants = constant;
        var joins = join;
        for (var tree = 0; tree < treeCount; tree++)
        {
            var slot = slots;
            for (var end = pairs + trees[tree].PairsEnd; pair < end; pair++)
            {
                var column = columns + pair->Column * VectorRows;
                var threshold = new Vector<float>(pair->Threshold);
                var left = new Vector<float>(pair->Left);
                var right = new Vector<float>(pair->Right);
                for (var i = 0; i < VectorRows; i += Vector<float>.Count)
                    Vector.ConditionalSelect(Vector.LessThan(Vector.LoadAligned(column + i), threshold), left, right).StoreAligned(slot + i);

                slot += VectorRows;
            }

            for (var end = constants + trees[tree].ConstantsEnd; constant < end; constant++)
            {
                var value = new Vector<float>(constant->Value);
                for (var i = 0; i < VectorRows; i += Vector<float>.Count)
                    value.StoreAligned(slots + constant->Slot * VectorRows + i);
            }

            for (var end = joins + trees[tree].JoinsEnd; join < end; join++)
            {
                var column = columns + join->Column * VectorRows;
                var threshold = new Vector<float>(join->Threshold);
                var left = slots + join->Left * VectorRows;
                var right = slots + join->Right * VectorRows;
                for (var i = 0; i < VectorRows; i += Vector<float>.Count)
                {
                    Vector.ConditionalSelect(
                        Vector.LessThan(Vector.LoadAligned(column + i), threshold), Vector.LoadAligned(left + i), Vector.LoadAligned(right + i))
                        .StoreAligned(left + i);
                }
            }

            var result = slots + trees[tree].Result * VectorRows;
            for (var i = 0; i < VectorRows; i += Vector<float>.Count)
                (Vector.Load(sums + i) + Vector.LoadAligned(result + i)).Store(sums + i);
        }
    }
}
