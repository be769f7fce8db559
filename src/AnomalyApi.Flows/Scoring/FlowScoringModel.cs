using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Flows.Features;

namespace AnomalyApi.Flows.Scoring;

/// <summary>Everything that turns flows into scores: the learned feature extractor and the scoring model. Immutable and thread-safe.</summary>
/// <param name="Extractor">Measures features; holds what was learned about ports, services and hours.</param>
/// <param name="Model">Scores rows of those features.</param>
public sealed record FlowScoringModel(FlowFeatureExtractor Extractor, ScoringModel Model)
{
    private const string ExtractorSection = "flow-features";

    /// <summary>The model as one checked file.</summary>
    public byte[] ToBytes()
    {
        var file = new ModelFileWriter();
        Extractor.Write(file.Section(ExtractorSection));
        Model.WriteTo(file);
        return file.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="ModelFileException">The bytes are damaged, of an unknown version, or of another feature schema.</exception>
    public static FlowScoringModel Read(ReadOnlyMemory<byte> bytes)
    {
        var file = ModelFileReader.Open(bytes);
        var extractor = FlowFeatureExtractor.Read(file.Section(ExtractorSection));
        var model = ScoringModel.Read(file);
        if (model.Schema.Version != extractor.Schema.Version)
        {
            throw new ModelFileException(
                $"The model was fitted on feature schema '{model.Schema.Version}', but its extractor measures '{extractor.Schema.Version}'.");
        }

        return new FlowScoringModel(extractor, model);
    }
}
