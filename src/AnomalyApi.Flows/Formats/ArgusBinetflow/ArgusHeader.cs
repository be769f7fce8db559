using System.Text;
using AnomalyApi.Flows.Formats.Delimited;
using AnomalyApi.Flows.Formats.Text;

namespace AnomalyApi.Flows.Formats.ArgusBinetflow;

/// <summary>The first line of a binetflow file: which column is which. Columns may come in any order and any case; others are ignored.</summary>
internal sealed class ArgusHeader
{
    /// <summary>The columns that are read, in the order of <see cref="ArgusColumn"/>, as <c>ra</c> of Argus 3 names them.</summary>
    public static readonly string[] Names =
    [
        "StartTime", "Dur", "Proto", "SrcAddr", "Sport", "Dir", "DstAddr", "Dport", "State", "TotPkts", "TotBytes", "SrcBytes", "SrcPkts", "Label",
    ];

    private static readonly ArgusColumn[] Required = [ArgusColumn.Start, ArgusColumn.Protocol, ArgusColumn.SourceAddress, ArgusColumn.DestinationAddress];

    private readonly int[] _places = new int[Names.Length];

    private ArgusHeader()
    {
    }

    /// <summary>Comma or tab.</summary>
    public byte Separator { get; private init; }

    /// <summary>Fields of every line.</summary>
    public int Count { get; private set; }

    /// <summary>Where a column stands in the line; -1 when it does not.</summary>
    public int PlaceOf(ArgusColumn column) => _places[(int)column];

    /// <summary>Whether the first line of a body names the columns of Argus.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head)
    {
        var text = BodyHead.TextOf(head);
        var end = text.IndexOfAny((byte)'\n', (byte)'\r');
        return TryRead(end < 0 ? text : text[..end], out _) is null;
    }

    /// <summary>Reads the header.</summary>
    /// <exception cref="FlowFormatException">It names too little for a flow.</exception>
    public static ArgusHeader Read(ReadOnlySpan<byte> line)
    {
        var reason = TryRead(line, out var header);
        return reason is null ? header : throw new FlowFormatException($"The first line is no header of Argus: {reason} It is {TextQuote.Of(line)}.");
    }

    private static string? TryRead(ReadOnlySpan<byte> line, out ArgusHeader header)
    {
        header = new ArgusHeader { Separator = line.Contains((byte)'\t') ? (byte)'\t' : (byte)',' };
        header._places.AsSpan().Fill(-1);
        foreach (var range in line.Split(header.Separator))
        {
            var name = line[range].Trim(" \""u8);
            var column = Find(name);
            if (column >= 0)
            {
                if (header._places[column] >= 0)
                {
                    return $"it names {Names[column]} twice.";
                }

                header._places[column] = header.Count;
            }

            if (++header.Count > DelimitedLine.MaxFields)
            {
                return $"it names more than {DelimitedLine.MaxFields} columns.";
            }
        }

        var places = header._places;
        var missing = Required.Where(column => places[(int)column] < 0).Select(column => Names[(int)column]).ToList();
        return missing.Count == 0 ? null : $"it does not name {string.Join(", ", missing)}.";
    }

    private static int Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(name, Names[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
