using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;

namespace AnomalyApi.Flows.Formats.SuricataEve;

/// <summary>Remembers something for each of the last flow ids: all of the last <see cref="Held"/> / 2, and at most <see cref="Held"/>.</summary>
/// <remarks>Two hash tables: when the young one is full the old one is emptied and becomes the young one. So a log without end takes bounded memory and
/// never a moment of cleaning up. Arrays come from the pool.</remarks>
internal sealed class FlowIdTable<T> : IDisposable
{
    /// <summary>Flow ids remembered at most.</summary>
    public const int Held = 100_000;

    private Generation _young = new();
    private Generation _old = new();

    /// <summary>What is remembered for the id; false when it is none of the last ones.</summary>
    public bool TryGet(ulong id, out T value) => _young.TryGet(id, out value) || _old.TryGet(id, out value);

    /// <summary>Remembers a value, in place of what was remembered for the id before.</summary>
    public void Set(ulong id, T value)
    {
        if (_young.Count == Held / 2)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young.Set(id, value);
    }

    /// <summary>Gives the arrays back.</summary>
    public void Dispose()
    {
        _young.Dispose();
        _old.Dispose();
    }

    // Open addressing, at most half full. An id of 0 marks a free slot: it is kept as the largest number, which Suricata never gives.
    private sealed class Generation
    {
        // Which ids share a slot must not be known outside, or one could send a log whose ids all do.
        private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

        private ulong[] _ids = [];
        private T[] _values = [];
        private int _slots;

        public int Count { get; private set; }

        public bool TryGet(ulong id, out T value)
        {
            if (Count > 0)
            {
                var slot = SlotOf(id);
                if (_ids[slot] != 0)
                {
                    value = _values[slot];
                    return true;
                }
            }

            value = default!;
            return false;
        }

        public void Set(ulong id, T value)
        {
            if (Count * 2 >= _slots)
            {
                Grow();
            }

            var slot = SlotOf(id);
            if (_ids[slot] == 0)
            {
                _ids[slot] = Key(id);
                Count++;
            }

            _values[slot] = value;
        }

        public void Clear()
        {
            Count = 0;
            _ids.AsSpan(0, _slots).Clear();
            _values.AsSpan(0, _slots).Clear();
        }

        public void Dispose()
        {
            if (_ids.Length > 0)
            {
                ArrayPool<ulong>.Shared.Return(_ids);
                ArrayPool<T>.Shared.Return(_values, clearArray: true);
                _ids = [];
                _values = [];
                _slots = Count = 0;
            }
        }

        private static ulong Key(ulong id) => id == 0 ? ulong.MaxValue : id;

        // The slot that holds the id, or the free one where it belongs.
        private int SlotOf(ulong id)
        {
            var key = Key(id);
            var mask = _slots - 1;
            var high = Math.BigMul(key ^ Seed, 0x9E37_79B9_7F4A_7C15 ^ BitOperations.RotateLeft(Seed, 32), out var low);
            high = Math.BigMul(high ^ low ^ Seed, 0xD6E8_FEB8_6659_FD93, out low);
            var slot = (int)((high ^ low) >> 32) & mask;
            while (_ids[slot] != 0 && _ids[slot] != key)
            {
                slot = (slot + 1) & mask;
            }

            return slot;
        }

        private void Grow()
        {
            var (ids, values, slots) = (_ids, _values, _slots);
            _slots = Math.Max(256, slots * 2);
            _ids = ArrayPool<ulong>.Shared.Rent(_slots);
            _values = ArrayPool<T>.Shared.Rent(_slots);
            Clear();
            for (var i = 0; i < slots; i++)
            {
                if (ids[i] != 0)
                {
                    var slot = SlotOf(ids[i]);
                    (_ids[slot], _values[slot]) = (ids[i], values[i]);
                    Count++;
                }
            }

            if (slots > 0)
            {
                ArrayPool<ulong>.Shared.Return(ids);
                ArrayPool<T>.Shared.Return(values, clearArray: true);
            }
        }
    }
}
