using System.Numerics;
using AnomalyApi.Detection;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Flows.Features;

/// <summary>Measures the features of <see cref="FlowFeatures.Schema"/>, with what training learned about ports, services and hours. Immutable.</summary>
public sealed class FlowFeatureExtractor
{
    /// <summary>Hours of the day that training must have seen before the hour is a feature: a model trained on two hours would call every
    /// other hour an anomaly.</summary>
    public const int HoursNeeded = 20;

    private const int FileVersion = 1;
    private const int MaxRanges = 100_000;
    private const long MicrosecondsPerDay = 86_400_000_000;
    private const long MicrosecondsPerHour = 3_600_000_000;

    private readonly LocalNetworks _localNetworks;
    private readonly PortRarity _ports;
    private readonly ServiceRarity _services;
    private readonly bool _usesHour;

    private FlowFeatureExtractor(LocalNetworks localNetworks, PortRarity ports, ServiceRarity services, bool usesHour)
    {
        _localNetworks = localNetworks;
        _ports = ports;
        _services = services;
        _usesHour = usesHour;
    }

    /// <summary>What the columns are.</summary>
    public FeatureSchema Schema { get; } = FlowFeatures.Schema;

    /// <summary>Learns how frequent ports and services are, and whether the flows cover the day.</summary>
    /// <param name="training">The flows to learn from; none is allowed, and every port is then equally rare.</param>
    public static FlowFeatureExtractor Learn(FlowBatch training, LocalNetworks localNetworks)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(localNetworks);
        var hours = 0u;
        foreach (var start in training.StartMicroseconds)
        {
            hours |= 1u << (int)(MicrosecondOfDay(start) / MicrosecondsPerHour);
        }

        var usesHour = BitOperations.PopCount(hours) >= HoursNeeded;
        return new FlowFeatureExtractor(localNetworks, PortRarity.Learn(training), ServiceRarity.Learn(training), usesHour);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The section is damaged or of an unknown version.</exception>
    public static FlowFeatureExtractor Read(ModelSectionReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var version = reader.ReadInt32();
        if (version != FileVersion)
        {
            throw new ModelFileException($"Feature extractor version {version} is unknown; this program reads version {FileVersion}.");
        }

        var schema = reader.ReadString();
        if (schema != FlowFeatures.Schema.Version)
        {
            throw new ModelFileException($"Feature schema '{Formats.Text.TextQuote.Clean(schema, 64)}' is unknown; this program knows {FlowFeatures.Schema.Version}.");
        }

        var usesHour = reader.ReadInt32();
        if (usesHour is not (0 or 1))
        {
            throw new ModelFileException($"{usesHour} does not say whether the hour is a feature.");
        }

        var localNetworks = ReadNetworks(reader);
        return new FlowFeatureExtractor(localNetworks, PortRarity.Read(reader), ServiceRarity.Read(reader), usesHour == 1);
    }

    /// <summary>Measures every flow.</summary>
    /// <param name="destination">Receives <c>flows.Count</c> rows of <c>Schema.Count</c> values, row after row, all finite.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    /// <remarks>Thread-safe. Does not allocate.</remarks>
    public void Extract(FlowBatch flows, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(flows);
        var columns = Schema.Count;
        if (destination.Length < (long)flows.Count * columns)
        {
            throw new ArgumentException($"{destination.Length} values cannot hold {flows.Count} rows of {columns} features.", nameof(destination));
        }

        for (var i = 0; i < flows.Count; i++)
        {
            ExtractRow(flows, i, destination.Slice(i * columns, columns));
        }
    }

    /// <summary>Measures every flow into a new matrix, one row for each flow.</summary>
    public FeatureMatrix Extract(FlowBatch flows)
    {
        ArgumentNullException.ThrowIfNull(flows);
        var values = new float[flows.Count * Schema.Count];
        Extract(flows, values);
        return new FeatureMatrix(values, flows.Count, Schema.Count);
    }

    /// <summary>Writes all that <see cref="Read"/> needs to measure alike.</summary>
    public void Write(ModelSectionWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32(FileVersion);
        writer.WriteString(Schema.Version);
        writer.WriteInt32(_usesHour ? 1 : 0);
        writer.WriteArray<ulong>([.. _localNetworks.Ranges.SelectMany<CidrRange, ulong>(
            range => [range.First.High, range.First.Low, range.Last.High, range.Last.Low])]);
        _ports.Write(writer);
        _services.Write(writer);
    }

    private static LocalNetworks ReadNetworks(ModelSectionReader reader)
    {
        var ends = reader.ReadArray<ulong>();
        if (ends.Length % 4 != 0 || ends.Length > MaxRanges * 4)
        {
            throw new ModelFileException($"{ends.Length} numbers are not the ends of networks.");
        }

        try
        {
            return LocalNetworks.Of(ends.Chunk(4).Select(
                end => new CidrRange(new IpAddressValue(end[0], end[1]), new IpAddressValue(end[2], end[3]))));
        }
        catch (ArgumentException exception)
        {
            throw new ModelFileException(exception.Message);
        }
    }

    private static long MicrosecondOfDay(long start)
    {
        var rest = start % MicrosecondsPerDay;
        return rest < 0 ? rest + MicrosecondsPerDay : rest;
    }

    private void ExtractRow(FlowBatch flows, int i, Span<float> row)
    {
        var protocol = flows.Protocol[i];
        var forwardBytes = flows.ForwardBytes[i];
        var reverseBytes = flows.ReverseBytes[i];
        var forwardPackets = flows.ForwardPackets[i];
        var reversePackets = flows.ReversePackets[i];
        var milliseconds = Math.Max(flows.DurationMicroseconds[i], 0) / 1000.0;
        var seconds = Math.Max(milliseconds, 1) / 1000.0;
        var state = flows.State[i];
        row[(int)FlowFeature.LogDuration] = FeatureValues.LogCount(milliseconds);
        row[(int)FlowFeature.LogForwardBytes] = FeatureValues.LogCount(forwardBytes);
        row[(int)FlowFeature.LogReverseBytes] = FeatureValues.LogCount(reverseBytes);
        row[(int)FlowFeature.LogForwardPackets] = FeatureValues.LogCount(forwardPackets);
        row[(int)FlowFeature.LogReversePackets] = FeatureValues.LogCount(reversePackets);
        row[(int)FlowFeature.LogForwardBytesPerPacket] = FeatureValues.LogMean(forwardBytes, forwardPackets);
        row[(int)FlowFeature.LogReverseBytesPerPacket] = FeatureValues.LogMean(reverseBytes, reversePackets);
        row[(int)FlowFeature.LogBytesPerSecond] = FeatureValues.LogCount(((double)Math.Max(forwardBytes, 0) + Math.Max(reverseBytes, 0)) / seconds);
        row[(int)FlowFeature.LogPacketsPerSecond] = FeatureValues.LogCount(((double)Math.Max(forwardPackets, 0) + Math.Max(reversePackets, 0)) / seconds);
        row[(int)FlowFeature.ByteRatio] = FeatureValues.Ratio(forwardBytes, reverseBytes);
        row[(int)FlowFeature.PacketRatio] = FeatureValues.Ratio(forwardPackets, reversePackets);
        row[(int)FlowFeature.IsTcp] = One(protocol == IpProtocols.Tcp);
        row[(int)FlowFeature.IsUdp] = One(protocol == IpProtocols.Udp);
        row[(int)FlowFeature.SourcePortClass] = FeatureValues.PortClass(protocol, flows.SourcePort[i]);
        row[(int)FlowFeature.DestinationPortClass] = FeatureValues.PortClass(protocol, flows.DestinationPort[i]);
        row[(int)FlowFeature.DestinationPortRarity] = _ports.Of(protocol, flows.DestinationPort[i]);
        row[(int)FlowFeature.ServiceRarity] = _services.Of(flows.Service[i]);
        row[(int)FlowFeature.StateEstablished] = One(state is ConnectionState.S1 or ConnectionState.S2 or ConnectionState.S3
            or ConnectionState.SF or ConnectionState.Rsto or ConnectionState.Rstr);
        row[(int)FlowFeature.StateRejected] = One(state == ConnectionState.Rej);
        row[(int)FlowFeature.StateHalfOpen] = One(state is ConnectionState.S0 or ConnectionState.SH or ConnectionState.Shr
            or ConnectionState.Rstos0 or ConnectionState.Rstrh);
        row[(int)FlowFeature.StateReset] = One(state is ConnectionState.Rsto or ConnectionState.Rstr
            or ConnectionState.Rstos0 or ConnectionState.Rstrh);
        row[(int)FlowFeature.TcpFlagCount] = BitOperations.PopCount((uint)Math.Max(flows.TcpFlags[i], (short)0));
        row[(int)FlowFeature.SourceIsLocal] = One(_localNetworks.Contains(flows.Source[i]));
        row[(int)FlowFeature.DestinationIsLocal] = One(_localNetworks.Contains(flows.Destination[i]));
        var (sin, cos) = _usesHour ? MathF.SinCos(MathF.Tau * MicrosecondOfDay(flows.StartMicroseconds[i]) / MicrosecondsPerDay) : (0, 0);
        row[(int)FlowFeature.HourSin] = sin;
        row[(int)FlowFeature.HourCos] = cos;
    }

    private static float One(bool yes) => yes ? 1 : 0;
}
