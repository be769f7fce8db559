using System.Buffers.Binary;

namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>
/// Reads datagrams of NetFlow v5, v7 and v9, IPFIX and sFlow v5 of any number of exporters, as they come. Remembers their templates and sampling, and joins
/// the two directions of a flow.
/// </summary>
/// <remarks>One thread at a time; <see cref="Statistics"/> may be called from any. Once the templates are known, reading allocates nothing.
/// NetFlow v9: RFC 3954. IPFIX: RFC 7011, RFC 5103. sFlow: sflow.org, version 5.</remarks>
public sealed class NetFlowDecoder
{
    private const int V9Header = 20;
    private const int IpfixHeader = 16;

    private readonly NetFlowDecoderOptions _options;
    private readonly Func<IpAddressValue, string?> _sensorOf;
    private readonly FlowOutlet _outlet;
    private readonly TemplateSets _sets;
    private readonly SFlowSamples _samples;
    private readonly Dictionary<IpAddressValue, ExporterState> _exporters = [];
    private readonly ExporterState _past = new(default);

    // Whose datagram came longest ago stands first.
    private readonly LinkedList<ExporterState> _byUse = [];

    // Held while exporters come and go, and while they are counted from another thread.
    private readonly Lock _exportersLock = new();
    private ExporterState? _last;
    private ExportedFlow _flow;
    private long _datagrams;
    private long _malformed;
    private long _forgotten;

    /// <summary>A decoder that knows no exporter yet.</summary>
    /// <param name="sensorOf">Sensor of the flows of an exporter, asked once for each; null leaves it to the target.</param>
    public NetFlowDecoder(NetFlowDecoderOptions options, Func<IpAddressValue, string?>? sensorOf = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _sensorOf = sensorOf ?? (_ => null);
        _outlet = new FlowOutlet(options);
        _sets = new TemplateSets(options, _outlet);
        _samples = new SFlowSamples(_outlet);
    }

    /// <summary>Reads one datagram. What is wrong with it is rejected with its place; what is right in it is taken all the same.</summary>
    /// <param name="exporter">Where it came from.</param>
    /// <param name="received">When it came, in microseconds since 1970. Windows are measured with it, so it should not go back.</param>
    /// <param name="offset">Where it stands in its source, for the reasons of rejections.</param>
    /// <returns>Whether the datagram was in order.</returns>
    /// <exception cref="FlowLimitException">The target takes no more flows.</exception>
    public bool Decode(in IpAddressValue exporter, ReadOnlySpan<byte> datagram, long received, FlowReadTarget target, long offset = 0)
    {
        ArgumentNullException.ThrowIfNull(target);
        Advance(received, target);
        _datagrams++;
        var version = datagram.Length < 4 ? -1 : BinaryPrimitives.ReadUInt16BigEndian(datagram);
        var fault = version switch
        {
            5 or 7 => DecodeFixed(Exporter(exporter, received), datagram, version, received, target, offset),
            9 => DecodeV9(Exporter(exporter, received), datagram, received, target, offset),
            10 => DecodeIpfix(Exporter(exporter, received), datagram, received, target, offset),
            0 when BinaryPrimitives.ReadUInt32BigEndian(datagram) == 5 => _samples.Read(Exporter(exporter, received), datagram, received, target, offset),
            -1 => $"Byte {offset}: a datagram of {datagram.Length} bytes.",
            _ => $"Byte {offset}: version {version} is none of NetFlow 5, 7 and 9, IPFIX (10) and sFlow 5.",
        };
        if (fault is null)
        {
            return true;
        }

        _malformed++;
        if (_last is { } known && known.Address == exporter)
        {
            known.Malformed++;
        }

        _outlet.RejectDatagram(fault, target);
        return false;
    }

    /// <summary>Lets time pass: writes the flows that waited long enough for their other direction, and gives up sets that waited too long for a template.</summary>
    /// <param name="now">Microseconds since 1970.</param>
    public void Advance(long now, FlowReadTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _outlet.Pairing?.Release(now, target);
        GiveUpHeld(now, always: false, target);
    }

    /// <summary>Writes everything that waits: the end of a body, or of the service.</summary>
    public void Flush(FlowReadTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _outlet.Pairing?.Flush(target);
        GiveUpHeld(0, always: true, target);
    }

    /// <summary>What came so far. Thread-safe; the counters of a datagram that is being read may be half counted.</summary>
    public NetFlowStatistics Statistics()
    {
        ExporterState[] exporters;
        var totals = new ExporterState(default);
        lock (_exportersLock)
        {
            exporters = [.. _exporters.Values];
            totals.Absorb(_past);
        }

        foreach (var exporter in exporters)
        {
            totals.Absorb(exporter);
        }

        return new NetFlowStatistics
        {
            Datagrams = Volatile.Read(ref _datagrams),
            Malformed = Volatile.Read(ref _malformed),
            ForgottenExporters = Volatile.Read(ref _forgotten),
            Waiting = _outlet.Pairing?.Count ?? 0,
            HeldSets = _sets.Held.Count,
            Templates = _sets.Templates,
            Totals = totals.Statistics(),
            Exporters = Array.ConvertAll(exporters, exporter => exporter.Statistics()),
        };
    }

    /// <summary>Templates, sampling and start times of all exporters, to be given to <see cref="RestoreTemplates"/> after a restart.</summary>
    public byte[] SaveTemplates() => TemplateStore.Save(_exporters.Values);

    /// <summary>Takes what <see cref="SaveTemplates"/> gave. What is damaged, or of another version, is left out: exporters send their templates again.</summary>
    /// <returns>How many templates were taken.</returns>
    public int RestoreTemplates(ReadOnlySpan<byte> saved) => TemplateStore.Restore(saved, address => Exporter(address, 0), _sets);

    private string? DecodeFixed(ExporterState exporter, ReadOnlySpan<byte> datagram, int version, long received, FlowReadTarget target, long offset)
    {
        exporter.Datagrams++;
        if (datagram.Length < FixedRecords.HeaderLength)
        {
            return $"Byte {offset}: a NetFlow v{version} header is cut off.";
        }

        var count = (int)BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        var length = FixedRecords.RecordLength(version);
        var fitting = Math.Min(count, (datagram.Length - FixedRecords.HeaderLength) / length);
        var uptime = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
        var engine = version == 5 ? BinaryPrimitives.ReadUInt16BigEndian(datagram[20..]) : (ushort)0;
        if (exporter.Domain((byte)version, engine) is not { } domain)
        {
            return TooManyDomains(offset);
        }

        var sampling = FixedRecords.SamplingInterval(datagram, version);
        exporter.SamplingInterval = sampling;
        exporter.Restarts += domain.Sequence.HasRestarted(uptime) ? 1 : 0;
        exporter.CountSequence(ref exporter.MissedFlows, domain.Sequence.Next(BinaryPrimitives.ReadUInt32BigEndian(datagram[16..]), (uint)fitting));
        var message = new ExportMessage(domain, FixedRecords.ExportTime(datagram), uptime, HasUptime: true, received, offset);
        for (var i = 0; i < fitting; i++)
        {
            FixedRecords.Read(datagram[(FixedRecords.HeaderLength + (i * length))..], version, message, sampling, ref _flow);
            exporter.Records++;
            _outlet.CountRecord();
            _outlet.Emit(ref _flow, message, target);
        }

        return fitting == count ? null
            : $"Byte {offset}: a NetFlow v{version} header that counts {count} records, where {fitting} are whole.";
    }

    private string? DecodeV9(ExporterState exporter, ReadOnlySpan<byte> datagram, long received, FlowReadTarget target, long offset)
    {
        exporter.Datagrams++;
        if (datagram.Length < V9Header)
        {
            return $"Byte {offset}: a NetFlow v9 header is cut off.";
        }

        if (exporter.Domain(9, BinaryPrimitives.ReadUInt32BigEndian(datagram[16..])) is not { } domain)
        {
            return TooManyDomains(offset);
        }

        var uptime = BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]);
        exporter.Restarts += domain.Sequence.HasRestarted(uptime) ? 1 : 0;
        exporter.CountSequence(ref exporter.MissedPackets, domain.Sequence.Next(BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]), 1));
        var exportTime = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]) * 1_000_000L;
        return _sets.Read(datagram, V9Header, new ExportMessage(domain, exportTime, uptime, HasUptime: true, received, offset), target, out _);
    }

    // A datagram should be one message (RFC 7011, section 10.3.3); exporters that send several are understood.
    private string? DecodeIpfix(ExporterState exporter, ReadOnlySpan<byte> datagram, long received, FlowReadTarget target, long offset)
    {
        exporter.Datagrams++;
        string? fault = null;
        while (!datagram.IsEmpty && fault is null)
        {
            var length = datagram.Length < IpfixHeader ? 0 : BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
            if (length < IpfixHeader || BinaryPrimitives.ReadUInt16BigEndian(datagram) != 10)
            {
                return $"Byte {offset}: an IPFIX header is cut off.";
            }

            fault = DecodeMessage(exporter, datagram[..Math.Min(length, datagram.Length)], received, target, offset);
            fault ??= length <= datagram.Length ? null : $"Byte {offset}: an IPFIX message of {length} bytes, where {datagram.Length} are left.";
            datagram = datagram[Math.Min(length, datagram.Length)..];
            offset += length;
        }

        return fault;
    }

    private string? DecodeMessage(ExporterState exporter, ReadOnlySpan<byte> message, long received, FlowReadTarget target, long offset)
    {
        if (exporter.Domain(10, BinaryPrimitives.ReadUInt32BigEndian(message[12..])) is not { } domain)
        {
            return TooManyDomains(offset);
        }

        var options = exporter.OptionsRecords;
        var exportTime = BinaryPrimitives.ReadUInt32BigEndian(message[4..]) * 1_000_000L;
        var fault = _sets.Read(
            message, IpfixHeader, new ExportMessage(domain, exportTime, 0, HasUptime: false, received, offset), target, out var records);
        var units = (uint)Math.Max(0, records);
        var flows = (uint)Math.Max(0, units - (exporter.OptionsRecords - options));
        exporter.CountSequence(ref exporter.MissedRecords, domain.Sequence.Next(BinaryPrimitives.ReadUInt32BigEndian(message[8..]), units, flows));
        if (records < 0 || fault is not null)
        {
            domain.Sequence.Forget();
        }

        return fault;
    }

    private void GiveUpHeld(long now, bool always, FlowReadTarget target)
    {
        while (_sets.Held.TryExpire(now, always, out var message, out var template, out var offset))
        {
            message.Domain.Exporter.SetsExpired++;
            _outlet.RejectPart(offset, $"a data set for template {template} of domain {message.Domain.Id}, which has not come.", target);
        }
    }

    private ExporterState Exporter(in IpAddressValue address, long now)
    {
        if (_last is null || _last.Address != address)
        {
            if (_exporters.TryGetValue(address, out _last))
            {
                _byUse.Remove(_last.Use);
            }
            else
            {
                if (_exporters.Count >= _options.MaxExporters)
                {
                    Forget(_byUse.First!.Value);
                }

                _last = new ExporterState(address) { Sensor = _sensorOf(address) };
                lock (_exportersLock)
                {
                    _exporters.Add(address, _last);
                }
            }

            _byUse.AddLast(_last.Use);
        }

        _last.LastSeen = now;
        return _last;
    }

    private void Forget(ExporterState exporter)
    {
        _sets.Forget(exporter);
        _byUse.Remove(exporter.Use);
        lock (_exportersLock)
        {
            _exporters.Remove(exporter.Address);
            _past.Absorb(exporter);
        }

        _forgotten++;
    }

    private static string TooManyDomains(long offset) => $"Byte {offset}: the exporter uses more domains than are remembered.";
}
