using System.Collections.Frozen;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Flows.Features;

/// <summary>How rare each service was among the training flows, as <see cref="PortRarity"/> has it for ports. Immutable.</summary>
internal sealed class ServiceRarity
{
    /// <summary>Names kept at most, the most frequent ones; a sensor that makes up names must not fill the memory.</summary>
    public const int MaxNames = 1024;

    private readonly FrozenDictionary<string, float> _rarity;
    private readonly float _none;
    private readonly float _unseen;

    private ServiceRarity(FrozenDictionary<string, float> rarity, float none, float unseen)
    {
        _rarity = rarity;
        _none = none;
        _unseen = unseen;
    }

    /// <summary>Counts the services of the training flows. The same flows give the same table in any order.</summary>
    public static ServiceRarity Learn(FlowBatch training)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var none = 0;
        foreach (var service in training.Service)
        {
            if (service is null)
            {
                none++;
            }
            else
            {
                counts[service] = counts.GetValueOrDefault(service) + 1;
            }
        }

        var kept = counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(MaxNames).ToList();
        var total = (double)training.Count + kept.Count + (none > 0 ? 1 : 0) + 1;
        var rarity = kept.ToFrozenDictionary(pair => pair.Key, pair => (float)Math.Log(total / (pair.Value + 1.0)), StringComparer.Ordinal);
        return new ServiceRarity(rarity, (float)Math.Log(total / (none + 1.0)), (float)Math.Log(total));
    }

    /// <summary>The rarity of a service; null is none.</summary>
    public float Of(string? service) => service is null ? _none : _rarity.TryGetValue(service, out var value) ? value : _unseen;

    /// <summary>Writes the names in a stable order.</summary>
    public void Write(ModelSectionWriter writer)
    {
        writer.WriteSingle(_none);
        writer.WriteSingle(_unseen);
        writer.WriteInt32(_rarity.Count);
        foreach (var (name, value) in _rarity.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name);
            writer.WriteSingle(value);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ModelFileException">The values cannot have been written.</exception>
    public static ServiceRarity Read(ModelSectionReader reader)
    {
        var none = FeatureValues.CheckRarity(reader.ReadSingle());
        var unseen = FeatureValues.CheckRarity(reader.ReadSingle());
        var count = reader.ReadInt32();
        if (count is < 0 or > MaxNames)
        {
            throw new ModelFileException($"{count} service names are not between 0 and {MaxNames}.");
        }

        var rarity = new Dictionary<string, float>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            rarity[reader.ReadString()] = FeatureValues.CheckRarity(reader.ReadSingle());
        }

        return new ServiceRarity(rarity.ToFrozenDictionary(StringComparer.Ordinal), none, unseen);
    }
}
