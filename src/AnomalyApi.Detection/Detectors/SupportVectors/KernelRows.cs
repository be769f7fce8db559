using System.Numerics.Tensors;
using AnomalyApi.Detection.Kernels;

namespace AnomalyApi.Detection.Detectors;

/// <summary>The matrix K of a radial kernel, K(i, t) = exp(-gamma |x_i - x_t|^2), computed a row at a time; the rows used last are kept.
/// Not thread-safe.</summary>
internal sealed class KernelRows
{
    private const int None = -1;

    private readonly float _negativeGamma;
    private readonly int[] _slotOfRow;
    private readonly List<float[]> _slots = [];
    private readonly int[] _rowOfSlot;
    private readonly int[] _newer;
    private readonly int[] _older;
    private int _newest = None;
    private int _oldest = None;

    /// <summary>Prepares the matrix of those rows.</summary>
    /// <param name="rows">Values within <see cref="BoundedRows.Bound"/>.</param>
    /// <param name="cacheBytes">What kept rows may take; two are kept at least.</param>
    public KernelRows(FeatureMatrix rows, double gamma, long cacheBytes)
    {
        Rows = rows;
        Panels = new RowPanels(rows);
        _negativeGamma = (float)-gamma;
        var capacity = (int)Math.Clamp(cacheBytes / (sizeof(float) * (long)Panels.LaneCount), 2, Math.Max(2, rows.RowCount));
        _rowOfSlot = new int[capacity];
        _newer = new int[capacity];
        _older = new int[capacity];
        _slotOfRow = new int[rows.RowCount];
        _slotOfRow.AsSpan().Fill(None);
    }

    public FeatureMatrix Rows { get; }

    public RowPanels Panels { get; }

    /// <summary>Rows that were computed; the others were still there.</summary>
    public int Misses { get; private set; }

    /// <summary>Row i: one value a lane of <see cref="Panels"/>, 0 where a lane has no row. Valid until the next but one call.</summary>
    public ReadOnlySpan<float> Row(int i)
    {
        var slot = _slotOfRow[i];
        if (slot == None)
        {
            slot = FreeSlot();
            _slotOfRow[i] = slot;
            _rowOfSlot[slot] = i;
            Compute(i, 1, 0, Panels.PanelCount, _slots[slot]);
            Misses++;
            Link(slot);
        }
        else if (slot != _newest)
        {
            Unlink(slot);
            Link(slot);
        }

        return _slots[slot];
    }

    /// <summary>Values of some rows in the lanes of some panels.</summary>
    /// <param name="values">Receives shape [rowCount, panelCount * 16].</param>
    public void Compute(int firstRow, int rowCount, int firstPanel, int panelCount, Span<float> values)
    {
        var rows = Rows.Values.AsSpan(firstRow * Rows.ColumnCount, rowCount * Rows.ColumnCount);
        SquaredDistances.Compute(Panels, firstPanel, panelCount, rows, values, DistanceKernels.Fastest);
        TensorPrimitives.Multiply(values, _negativeGamma, values);
        TensorPrimitives.Exp(values, values);
    }

    private int FreeSlot()
    {
        if (_slots.Count < _rowOfSlot.Length)
        {
            _slots.Add(new float[Panels.LaneCount]);
            return _slots.Count - 1;
        }

        var slot = _oldest;
        Unlink(slot);
        _slotOfRow[_rowOfSlot[slot]] = None;
        return slot;
    }

    private void Link(int slot)
    {
        _older[slot] = _newest;
        _newer[slot] = None;
        if (_newest == None)
            _oldest = slot;
        else
            _newer[_newest] = slot;

        _newest = slot;
    }

    private void Unlink(int slot)
    {
        if (_newer[slot] == None)
            _newest = _older[slot];
        else
            _older[_newer[slot]] = _older[slot];

        if (_older[slot] == None)
            _oldest = _newer[slot];
        else
            _newer[_older[slot]] = _newer[slot];
    }
}
