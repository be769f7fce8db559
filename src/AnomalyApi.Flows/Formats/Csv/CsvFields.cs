using System.Collections.Frozen;
using System.Text;

namespace AnomalyApi.Flows.Formats.Csv;

/// <summary>Names of columns that are understood.</summary>
/// <remarks>Compared by letters and digits only, in any case: <c>Src IP</c>, <c>src_ip</c> and <c>SrcIP</c> are one. Sources: CICFlowMeter (both generations), nfdump
/// <c>-o csv</c>, UNSW-NB15 and BoT-IoT (Argus), NetFlow fields as nProbe names them (the NF- sets), CIDDS, Zeek, our own names.</remarks>
internal static class CsvFields
{
    /// <summary>Our names, in the order of <see cref="CsvField"/>: what <c>map</c> takes.</summary>
    public static readonly string[] Names =
    [
        "start", "end", "duration", "src_ip", "dst_ip", "src_port", "dst_port", "protocol", "fwd_packets", "rev_packets", "fwd_bytes", "rev_bytes",
        "tcp_flags", "fin_count", "syn_count", "rst_count", "psh_count", "ack_count", "urg_count", "ece_count", "cwr_count", "state", "direction",
        "service", "sensor", "community_id", "label", "attack_category", "sampling_interval",
    ];

    // Of several columns for one field the one whose name stands first here is read.
    private static readonly (CsvField Field, string Names)[] Aliases =
    [
        (CsvField.Start, "start ts stime timestamp starttime flowstart flowstarttime firstseen datefirstseen firstswitched flowstartseconds"),
        (CsvField.End, "end te ltime endtime lasttime flowend flowendtime lastseen datelastseen lastswitched flowendseconds"),
        (CsvField.Duration, "duration dur td"),
        (CsvField.Source, "srcip sourceip srcaddr sourceaddress srcipaddr sourceipaddress sa saddr idorigh ipv4srcaddr ipv6srcaddr sourceipv4address"),
        (CsvField.Destination, "dstip destinationip destip dstaddr destinationaddress destaddr dstipaddr destinationipaddress da daddr idresph ipv4dstaddr ipv6dstaddr destinationipv4address"),
        (CsvField.SourcePort, "srcport sourceport sport sp srcpt idorigp l4srcport sourcetransportport"),
        (CsvField.DestinationPort, "dstport destinationport destport dport dsport dp dstpt idrespp l4dstport destinationtransportport"),
        (CsvField.Protocol, "protocol proto pr ipprotocol protocolidentifier ipproto"),
        (CsvField.ForwardPackets, "fwdpackets totalfwdpackets totalfwdpacket totfwdpkts spkts ipkt origpkts inpkts srcpkts packetstoserver pktstoserver"),
        (CsvField.ReversePackets, "revpackets totalbackwardpackets totalbwdpackets totbwdpkts dpkts opkt resppkts outpkts dstpkts packetstoclient pktstoclient"),
        (CsvField.ForwardBytes, "fwdbytes totallengthoffwdpackets totallengthoffwdpacket totlenfwdpkts sbytes ibyt origipbytes origbytes inbytes srcbytes bytestoserver"),
        (CsvField.ReverseBytes, "revbytes totallengthofbwdpackets totallengthofbwdpacket totlenbwdpkts dbytes obyt respipbytes respbytes outbytes dstbytes bytestoclient"),
        (CsvField.TcpFlags, "tcpflags flg"),
        (CsvField.FinCount, "fincount finflagcount finflagcnt"),
        (CsvField.SynCount, "syncount synflagcount synflagcnt"),
        (CsvField.RstCount, "rstcount rstflagcount rstflagcnt"),
        (CsvField.PshCount, "pshcount pshflagcount pshflagcnt"),
        (CsvField.AckCount, "ackcount ackflagcount ackflagcnt"),
        (CsvField.UrgCount, "urgcount urgflagcount urgflagcnt"),
        (CsvField.EceCount, "ececount eceflagcount eceflagcnt"),
        (CsvField.CwrCount, "cwrcount cwrflagcount cwrflagcnt cweflagcount cweflagcnt"),
        (CsvField.State, "state connstate"),
        (CsvField.Direction, "direction"),
        (CsvField.Service, "service appproto"),
        (CsvField.Sensor, "sensor"),
        (CsvField.CommunityId, "communityid"),
        (CsvField.Label, "label class"),
        (CsvField.AttackCategory, "attackcategory attackcat attack"),
        (CsvField.SamplingInterval, "samplinginterval"),
    ];

    // Names that say their unit, behind those that do not.
    private static readonly (CsvField Field, CsvUnit Unit, string Names)[] WithUnit =
    [
        (CsvField.Start, CsvUnit.Milliseconds, "flowstartmilliseconds startms timestampms"),
        (CsvField.Start, CsvUnit.Microseconds, "flowstartmicroseconds startus timestampus"),
        (CsvField.End, CsvUnit.Milliseconds, "flowendmilliseconds endms"),
        (CsvField.End, CsvUnit.Microseconds, "flowendmicroseconds endus"),
        (CsvField.Duration, CsvUnit.Milliseconds, "flowdurationmilliseconds durationms"),
        (CsvField.Duration, CsvUnit.Microseconds, "flowduration flowdurationmicroseconds durationus"),
    ];

    private static readonly FrozenDictionary<string, (CsvField Field, CsvUnit Unit, int Rank)> Known = Build();

    /// <summary>The name without all that people vary: lower case, letters and digits only.</summary>
    public static string Plain(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                text.Append(char.ToLowerInvariant(c));
            }
        }

        return text.ToString();
    }

    /// <summary>What a column of that name holds; null when nobody knows.</summary>
    /// <param name="rank">The lowest of several columns for one field is read.</param>
    /// <param name="unit">How it is written.</param>
    public static CsvField? Find(string name, out CsvUnit unit, out int rank)
    {
        var known = Known.TryGetValue(Plain(name), out var found);
        (unit, rank) = (found.Unit, found.Rank);
        return known ? found.Field : null;
    }

    private static FrozenDictionary<string, (CsvField, CsvUnit, int)> Build()
    {
        var known = new Dictionary<string, (CsvField, CsvUnit, int)>(StringComparer.Ordinal);
        foreach (var (field, unit, names) in Aliases.Select(line => (line.Field, CsvUnit.Natural, line.Names)).Concat(WithUnit))
        {
            foreach (var name in names.Split(' '))
            {
                known.Add(name, (field, unit, known.Count));
            }
        }

        return known.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
