using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats;

/// <summary>Which fields of a JSON record are read: some of the record itself, and some of objects in it. Immutable.</summary>
internal sealed class JsonFieldNames
{
    /// <summary>Fields at most, since which were seen is kept in the bits of one number.</summary>
    public const int Most = 64;

    private const int None = -1;
    private readonly Utf8NameTable[] _tables;
    private readonly int[] _first;
    private readonly Utf8NameTable _parents;
    private readonly string[] _shown;

    /// <summary>Numbers the fields from 0: those of the record, then those of each object in the order given.</summary>
    public JsonFieldNames(string[] top, params (string Parent, string[] Names)[] nested)
    {
        _tables = [new Utf8NameTable(top), .. nested.Select(part => new Utf8NameTable(part.Names))];
        _parents = new Utf8NameTable([.. nested.Select(part => part.Parent)]);
        _shown = [.. top, .. nested.SelectMany(part => part.Names.Select(name => $"{part.Parent}.{name}"))];
        _first = new int[_tables.Length];
        for (var i = 1; i < _first.Length; i++)
        {
            _first[i] = _first[i - 1] + (i == 1 ? top.Length : nested[i - 2].Names.Length);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(_shown.Length, Most);
    }

    /// <summary>How many fields there are.</summary>
    public int Count => _shown.Length;

    /// <summary>The field as people write it, such as <c>flow.start</c>.</summary>
    public string NameOf(int field) => _shown[field];

    /// <summary>The number of a field; -1 for one that is not read.</summary>
    /// <param name="parent">0 for the record, else what <see cref="FindParent"/> said.</param>
    public int Find(int parent, ReadOnlySpan<byte> name)
    {
        var index = _tables[parent].Find(name);
        return index < 0 ? None : _first[parent] + index;
    }

    /// <summary>The number of an object in the record whose fields are read; -1 for one that is not.</summary>
    public int FindParent(ReadOnlySpan<byte> name)
    {
        var index = _parents.Find(name);
        return index < 0 ? None : index + 1;
    }
}
