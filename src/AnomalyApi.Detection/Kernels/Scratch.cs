using System.Runtime.InteropServices;

namespace AnomalyApi.Detection.Kernels;

/// <summary>Working memory of one call: outside the heap, on a cache line, not cleared. Dispose of it where it was made.</summary>
/// <remarks>
/// A pool of arrays would allocate again after the collector has trimmed it; this never does. Taking and giving back costs about as much
/// as computing one distance, so it is made once for a block of rows.
/// </remarks>
internal readonly unsafe ref struct Scratch<T> : IDisposable
    where T : unmanaged
{
    private const int CacheLine = 64;

    private readonly T* _memory;
    private readonly int _length;

    /// <summary>Takes memory.</summary>
    /// <param name="length">Number of elements, 0 or more.</param>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    public Scratch(int length)
    {
        _memory = (T*)NativeMemory.AlignedAlloc((nuint)length * (nuint)sizeof(T), CacheLine);
        _length = length;
    }

    /// <summary>The elements; what they hold at first is left over from others.</summary>
    public Span<T> Span => new(_memory, _length);

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
