namespace AnomalyApi.Detection.Detectors;

/// <summary>Draws rows without replacement, again and again into the same room.</summary>
/// <remarks>Floyd, Communications of the ACM 30(9), 1987. Needs no list of all rows.</remarks>
internal sealed class RowSample(int rowCount, int size)
{
    private readonly HashSet<int> _drawn = new(size);
    private readonly int[] _rows = new int[size];

    /// <summary>The next sample; valid until the one after.</summary>
    public Span<int> Draw(ref SeededRandom random)
    {
        _drawn.Clear();
        var first = rowCount - _rows.Length;
        for (var i = 0; i < _rows.Length; i++)
        {
            var row = random.NextBelow(first + i + 1);
            if (!_drawn.Add(row))
                _drawn.Add(row = first + i);

            _rows[i] = row;
        }

        return _rows;
    }
}
