using AnomalyApi.Detection.Files;

namespace AnomalyApi.Flows.Features;

/// <summary>How rare each destination port was among the training flows: minus the logarithm of its smoothed share. Immutable.</summary>
/// <remarks>With n flows and d different ports, a port seen c times has share (c + 1) / (n + d + 1), and all ports never seen share
/// 1 / (n + d + 1): the shares sum to 1, and an unseen port is rarer than any seen one.</remarks>
internal sealed class PortRarity
{
    private const int NoPort = 65_536;
    private const int Slots = NoPort + 1;

    private readonly float[] _rarity;
    private readonly float _unseen;

    private PortRarity(float[] rarity, float unseen)
    {
        _rarity = rarity;
        _unseen = unseen;
    }

    /// <summary>Counts the ports of the training flows.</summary>
    public static PortRarity Learn(FlowBatch training)
    {
        var counts = new int[Slots];
        for (var i = 0; i < training.Count; i++)
        {
            counts[SlotOf(training.Protocol[i], training.DestinationPort[i])]++;
        }

        var total = (double)training.Count + counts.Count(count => count > 0) + 1;
        var unseen = (float)Math.Log(total);
        return new PortRarity([.. counts.Select(count => count == 0 ? unseen : (float)Math.Log(total / (count + 1.0)))], unseen);
    }

    /// <summary>The rarity of a flow's destination port; -1 is none.</summary>
    public float Of(byte protocol, int port) => _rarity[SlotOf(protocol, port)];

    /// <summary>Writes the ports that were seen.</summary>
    public void Write(ModelSectionWriter writer)
    {
        var seen = Enumerable.Range(0, Slots).Where(slot => _rarity[slot] != _unseen).ToArray();
        writer.WriteSingle(_unseen);
        writer.WriteArray<int>(seen);
        writer.WriteArray<float>([.. seen.Select(slot => _rarity[slot])]);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The values cannot have been written.</exception>
    public static PortRarity Read(ModelSectionReader reader)
    {
        var unseen = FeatureValues.CheckRarity(reader.ReadSingle());
        var seen = reader.ReadArray<int>();
        var values = reader.ReadArray<float>();
        if (seen.Length != values.Length)
        {
            throw new ModelFileException($"{seen.Length} ports have {values.Length} rarities.");
        }

        var rarity = new float[Slots];
        Array.Fill(rarity, unseen);
        for (var i = 0; i < seen.Length; i++)
        {
            if (seen[i] is < 0 or >= Slots)
            {
                throw new ModelFileException($"{seen[i]} is not a port.");
            }

            rarity[seen[i]] = FeatureValues.CheckRarity(values[i]);
        }

        return new PortRarity(rarity, unseen);
    }

    // ICMP codes are no ports, whatever column they stand in.
    private static int SlotOf(byte protocol, int port) => IpProtocols.HasPorts(protocol) && (uint)port < NoPort ? port : NoPort;
}
