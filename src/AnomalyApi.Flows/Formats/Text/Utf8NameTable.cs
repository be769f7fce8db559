using System.Text;

namespace AnomalyApi.Flows.Formats.Text;

/// <summary>Finds which of a fixed set of names some bytes spell. Immutable.</summary>
internal sealed class Utf8NameTable
{
    private const int Size = 128;

    private readonly byte[][] _names;

    // Index of the name plus 1, placed by Slot, the next free one when taken.
    private readonly byte[] _slots = new byte[Size];

    public Utf8NameTable(IReadOnlyList<string> names)
    {
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        for (var i = 0; i < _names.Length; i++)
        {
            var slot = Slot(_names[i]);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) % Size;
            }

            _slots[slot] = (byte)(i + 1);
        }
    }

    /// <summary>Position of the name in the list; -1 when it is not there.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return -1;
        }

        for (var slot = Slot(name); _slots[slot] != 0; slot = (slot + 1) % Size)
        {
            var index = _slots[slot] - 1;
            if (name.SequenceEqual(_names[index]))
            {
                return index;
            }
        }

        return -1;
    }

    // First, middle and last byte with the length tell the names in use apart nearly always.
    private static int Slot(ReadOnlySpan<byte> name) =>
        (name.Length + (name[0] * 5) + (name[name.Length / 2] * 11) + (name[^1] * 3)) % Size;
}
