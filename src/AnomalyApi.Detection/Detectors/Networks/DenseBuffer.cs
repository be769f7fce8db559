using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AnomalyApi.Detection.Detectors;

/// <summary>Floats that do not move, aligned to a cache line, zero at first. Use the pointer only while the buffer is referenced.</summary>
internal sealed unsafe class DenseBuffer
{
    private const int Alignment = 64;

    private readonly float[] _array;

    public DenseBuffer(int length)
    {
        Length = length;
        _array = GC.AllocateArray<float>(length + Alignment / sizeof(float), pinned: true);
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
        Values = (float*)((address + Alignment - 1) & -Alignment);
    }

    public int Length { get; }

    public float* Values { get; }

    public Span<float> Span => new(Values, Length);
}
