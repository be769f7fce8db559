using System.Numerics.Tensors;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Grows trees one after another with the same scratch space. Not thread-safe; trees that grow side by side have a grower
/// each.</summary>
/// <param name="maxThreads">Threads that build one histogram together. It changes no tree.</param>
internal sealed class TreeGrower(BinnedRows rows, TreeGrowth growth, int maxThreads)
{
    // Histograms of leaves that may still be cut. Beyond this a leaf gives its own up, and both of its children are counted.
    private const long MaxHistogramBytes = 256L << 20;

    // Below this a second thread costs more than it saves.
    private const int ParallelEntries = 1 << 17;

    private readonly SplitFinder _finder = new(rows, growth);
    private readonly Stack<long[]> _free = new();
    private readonly PriorityQueue<Leaf, (double, int)> _open = new();
    private readonly int[] _right = new int[rows.RowCount];
    private readonly int _maxHistograms = (int)Math.Clamp(MaxHistogramBytes / sizeof(long) / Math.Max(1, rows.BinCount), 4, int.MaxValue);
    private int _held;

    /// <summary>Grows one tree.</summary>
    /// <param name="members">The rows it is grown on; put into the order of its leaves.</param>
    public GrownTree Grow(Span<int> members, RowGradients gradients, ref SeededRandom random, CancellationToken cancellationToken)
    {
        _finder.Reset();
        var sum = 0L;
        foreach (var row in members)
            sum += gradients.Words[row];

        var tree = new GrownTree(rows);
        tree.Add(new GrownNode(0, members.Length, sum));
        Consider(new Leaf(0, 0, default, null), tree, members, gradients, ref random);
        for (var leaves = 1; leaves < growth.MaxLeaves && _open.TryDequeue(out var leaf, out _); leaves++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Cut(leaf, tree, members, gradients, ref random);
        }

        while (_open.TryDequeue(out var leaf, out _))
            Release(leaf.Histogram);

        return tree;
    }

    /// <summary>Finds how a leaf would be cut and puts it into the queue, if it can be at all.</summary>
    private void Consider(Leaf leaf, GrownTree tree, ReadOnlySpan<int> members, RowGradients gradients, ref SeededRandom random)
    {
        var node = tree[leaf.Node];
        if (leaf.Depth == growth.MaxDepth || node.MemberCount < 2)
        {
            Release(leaf.Histogram);
            return;
        }

        var histogram = leaf.Histogram ?? Count(node, members, gradients);
        var split = _finder.Find(histogram, node.Sum, gradients, ref random);
        if (split.Gain <= 0)
        {
            Release(histogram);
            return;
        }

        if (_held > _maxHistograms)
        {
            Release(histogram);
            histogram = null;
        }

        var urgency = growth.IsDepthFirst ? -leaf.Depth : -split.Gain;
        _open.Enqueue(new Leaf(leaf.Node, leaf.Depth, split, histogram), (urgency, leaf.Node));
    }

    private void Cut(Leaf leaf, GrownTree tree, Span<int> members, RowGradients gradients, ref SeededRandom random)
    {
        var node = tree[leaf.Node] with
        {
            Column = leaf.Split.Column,
            Bin = leaf.Split.Bin,
            MissingLeft = leaf.Split.MissingLeft,
            Children = tree.Count,
        };
        tree[leaf.Node] = node;
        var leftCount = Partition(node, members.Slice(node.FirstMember, node.MemberCount));
        var left = new GrownNode(node.FirstMember, leftCount, leaf.Split.LeftSum);
        var right = new GrownNode(node.FirstMember + leftCount, node.MemberCount - leftCount, node.Sum - leaf.Split.LeftSum);
        tree.Add(left);
        tree.Add(right);

        // The smaller child is counted; the larger is what remains of the parent. At the bottom neither is needed.
        long[]? leftHistogram = null, rightHistogram = null;
        if (leaf.Histogram is { } parent)
        {
            if (leaf.Depth + 1 < growth.MaxDepth)
            {
                var smaller = Count(left.MemberCount <= right.MemberCount ? left : right, members, gradients);
                TensorPrimitives.Subtract(parent.AsSpan(0, rows.BinCount), smaller.AsSpan(0, rows.BinCount), parent.AsSpan(0, rows.BinCount));
                (leftHistogram, rightHistogram) = left.MemberCount <= right.MemberCount ? (smaller, parent) : (parent, smaller);
            }
            else
            {
                Release(parent);
            }
        }

        Consider(new Leaf(node.Children, leaf.Depth + 1, default, leftHistogram), tree, members, gradients, ref random);
        Consider(new Leaf(node.Children + 1, leaf.Depth + 1, default, rightHistogram), tree, members, gradients, ref random);
    }

    /// <summary>Puts the rows that go left in front, both sides in the order they had, and returns how many there are.</summary>
    private int Partition(in GrownNode node, Span<int> members)
    {
        var bins = rows.Column(node.Column);
        int left = 0, right = 0;
        for (var i = 0; i < members.Length; i++)
        {
            // Written to both sides, because a branch would be mispredicted on every other row.
            var row = members[i];
            var goesLeft = node.GoesLeft(bins[row]) ? 1 : 0;
            members[left] = row;
            _right[right] = row;
            left += goesLeft;
            right += 1 - goesLeft;
        }

        _right.AsSpan(0, right).CopyTo(members[left..]);
        return left;
    }

    /// <summary>The histogram of a node: sums of the words of its rows by column and bin.</summary>
    private long[] Count(in GrownNode node, ReadOnlySpan<int> members, RowGradients gradients)
    {
        var histogram = Rent();
        var rowsOfNode = members.Slice(node.FirstMember, node.MemberCount);
        var entries = (long)rowsOfNode.Length * rows.Entries.Length / rows.RowCount;
        var parts = (int)Math.Clamp(entries / ParallelEntries, 1, maxThreads);
        if (parts == 1)
            AddWords(rowsOfNode, gradients.Words, histogram);
        else
            CountInParts(rowsOfNode, gradients, histogram, parts);

        for (var column = 0; column < rows.ColumnCount; column++)
        {
            var first = rows.FirstBins[column];
            var others = 0L;
            foreach (var words in histogram.AsSpan(first, rows.FirstBins[column + 1] - first))
                others += words;

            histogram[rows.DefaultBins[column]] = node.Sum - others;
        }

        return histogram;
    }

    private unsafe void CountInParts(ReadOnlySpan<int> members, RowGradients gradients, long[] histogram, int parts)
    {
        var partial = new long[parts][];
        partial[0] = histogram;
        for (var part = 1; part < parts; part++)
            partial[part] = Rent();

        fixed (int* first = members)
        {
            var (start, length) = ((nint)first, members.Length);
            Parallel.For(
                0,
                parts,
                new ParallelOptions { MaxDegreeOfParallelism = maxThreads },
                part =>
                {
                    var from = (int)((long)length * part / parts);
                    var to = (int)((long)length * (part + 1) / parts);
                    AddWords(new ReadOnlySpan<int>((int*)start + from, to - from), gradients.Words, partial[part]);
                });
        }

        for (var part = 1; part < parts; part++)
        {
            TensorPrimitives.Add(histogram.AsSpan(0, rows.BinCount), partial[part].AsSpan(0, rows.BinCount), histogram.AsSpan(0, rows.BinCount));
            Release(partial[part]);
        }
    }

    /// <summary>The loop in which most of a fit's time goes.</summary>
    /// <remarks>No bounds are checked: <see cref="BinnedRows"/> made all numbers itself.</remarks>
    private unsafe void AddWords(ReadOnlySpan<int> members, long[] words, long[] histogram)
    {
        fixed (int* starts = rows.EntryStarts, entries = rows.Entries)
        fixed (long* wordOf = words, sums = histogram)
        {
            foreach (var row in members)
            {
                var word = wordOf[row];
                var end = entries + starts[row + 1];
                for (var entry = entries + starts[row]; entry < end; entry++)
                    sums[*entry] += word;
            }
        }
    }

    private long[] Rent()
    {
        _held++;
        if (!_free.TryPop(out var histogram))
            return new long[rows.BinCount];

        Array.Clear(histogram);
        return histogram;
    }

    private void Release(long[]? histogram)
    {
        if (histogram is null)
            return;

        _held--;
        _free.Push(histogram);
    }

    private readonly record struct Leaf(int Node, int Depth, Split Split, long[]? Histogram);
}
