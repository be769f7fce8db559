using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Scoring;

/// <summary>What a scoring model knows about itself, apart from how it scores.</summary>
internal sealed record ScoringModelHeader(
    FeatureSchema Schema, string DetectorName, float Threshold, int FitRowCount, IReadOnlyList<TypicalRange> TypicalRanges)
{
    public void Write(ModelSectionWriter section)
    {
        section.WriteString(Schema.Version);
        section.WriteInt32(Schema.Count);
        foreach (var feature in Schema.Features)
        {
            section.WriteString(feature.Name);
            section.WriteString(feature.Unit);
            section.WriteString(feature.Meaning);
        }

        section.WriteString(DetectorName);
        section.WriteSingle(Threshold);
        section.WriteInt32(FitRowCount);
        foreach (var range in TypicalRanges)
        {
            section.WriteSingle(range.Low);
            section.WriteSingle(range.Median);
            section.WriteSingle(range.High);
            section.WriteSingle(range.Spread);
        }
    }

    /// <exception cref="ModelFileException">Something is missing or out of range.</exception>
    public static ScoringModelHeader Read(ModelSectionReader section)
    {
        var schema = ReadSchema(section);
        var header = new ScoringModelHeader(
            schema,
            section.ReadString(),
            section.ReadSingle(),
            section.ReadInt32(1, int.MaxValue, "fit row count"),
            Array.AsReadOnly(ReadRanges(section, schema.Count)));
        return header.Threshold is >= 0 and <= AnomalyScore.Max
            ? header
            : throw new ModelFileException($"The threshold is {header.Threshold}; allowed is 0 to {AnomalyScore.Max}.");
    }

    private static FeatureSchema ReadSchema(ModelSectionReader section)
    {
        var version = section.ReadString();
        var count = section.ReadInt32(1, int.MaxValue, "feature count");

        // A list that grows as definitions are found: room for a count made up by someone else could be gigabytes.
        var features = new List<FeatureDefinition>();
        while (features.Count < count)
            features.Add(new FeatureDefinition(section.ReadString(), section.ReadString(), section.ReadString()));

        return new FeatureSchema(version, features.AsReadOnly());
    }

    private static TypicalRange[] ReadRanges(ModelSectionReader section, int count)
    {
        var ranges = new TypicalRange[count];
        for (var i = 0; i < count; i++)
        {
            var range = new TypicalRange(section.ReadSingle(), section.ReadSingle(), section.ReadSingle(), section.ReadSingle());
            var isOrdered = range.Low <= range.Median && range.Median <= range.High && range.Spread > 0;
            ranges[i] = isOrdered && float.IsFinite(range.Low) && float.IsFinite(range.High) && float.IsFinite(range.Spread)
                ? range
                : throw new ModelFileException(
                    $"Typical range {i} is {range}; allowed are finite values, low <= median <= high, and a spread above 0.");
        }

        return ranges;
    }
}
