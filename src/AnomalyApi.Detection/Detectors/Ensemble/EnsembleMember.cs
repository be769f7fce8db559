using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Scoring;

namespace AnomalyApi.Detection.Detectors;

/// <summary>One fitted detector of an ensemble.</summary>
/// <param name="Name">Its name in the catalog.</param>
/// <param name="Model">What gives raw scores.</param>
/// <param name="Calibration">What turns them into p-values.</param>
/// <param name="Weight">Its part of the joined quantile, above 0 and at most 1; the weights of an ensemble add up to 1.</param>
internal sealed record EnsembleMember(string Name, IDetectorModel Model, Calibration Calibration, double Weight)
{
    public void Write(ModelSectionWriter writer)
    {
        writer.WriteString(Name);
        writer.WriteDouble(Weight);
        Model.Write(writer);
        Calibration.Write(writer);
    }

    /// <exception cref="ModelFileException">Something is missing or out of range.</exception>
    public static EnsembleMember Read(ModelSectionReader reader)
    {
        var name = reader.ReadString();
        if (!EnsembleMembers.Allowed.Contains(name))
            throw new ModelFileException($"An ensemble has a member '{name}', which is not one of: {string.Join(", ", EnsembleMembers.Allowed)}.");

        var weight = reader.ReadDouble();
        return weight is > 0 and <= 1
            ? new EnsembleMember(name, DetectorCatalog.Get(name).ReadModel(reader), Calibration.Read(reader), weight)
            : throw new ModelFileException($"Member '{name}' has the weight {weight}; allowed is above 0, at most 1.");
    }
}
