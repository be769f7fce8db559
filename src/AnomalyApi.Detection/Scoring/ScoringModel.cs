using System.Collections.ObjectModel;
using AnomalyApi.Detection.Files;

namespace AnomalyApi.Detection.Scoring;

/// <summary>Everything that turns feature rows into scores: a fitted detector, its calibration and the threshold. Immutable and thread-safe.</summary>
/// <remarks>
/// Callers see p-values and scores only, never raw scores, so that a model made of several detectors can take the place of one.
/// </remarks>
public sealed class ScoringModel
{
    private readonly IDetectorModel _detector;
    private readonly Calibration _calibration;

    private ScoringModel(
        FeatureSchema schema, string detectorName, IDetectorModel detector, Calibration calibration, float threshold, int fitRowCount, IReadOnlyList<TypicalRange> typicalRanges)
    {
        Schema = schema;
        DetectorName = detectorName;
        _detector = detector;
        _calibration = calibration;
        Threshold = threshold;
        FitRowCount = fitRowCount;
        TypicalRanges = typicalRanges;
    }

    /// <summary>The features a row must have.</summary>
    public FeatureSchema Schema { get; }

    /// <summary>Name of the detector, as in <see cref="DetectorCatalog"/>.</summary>
    public string DetectorName { get; }

    /// <summary>Score from which on a row is an anomaly, 0 to 100.</summary>
    public float Threshold { get; }

    /// <summary>Rows the detector was fitted on.</summary>
    public int FitRowCount { get; }

    /// <summary>Rows the scores are calibrated on.</summary>
    public int CalibrationCount => _calibration.Count;

    /// <summary>What each feature usually is, in column order.</summary>
    public IReadOnlyList<TypicalRange> TypicalRanges { get; }

    /// <summary>Fits and calibrates a model.</summary>
    /// <param name="fitRows">Shape [n, schema.Count], n at least 1, all finite.</param>
    /// <param name="calibrationRows">Shape [m, schema.Count], m at least 1; rows the detector does not see, best from a later time.</param>
    /// <param name="threshold">Score from which on a row is an anomaly, 0 to 100.</param>
    /// <exception cref="ArgumentException">A matrix is empty or of another width, a value to fit is not finite, or the threshold is out of range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing remains of the fit.</exception>
    public static ScoringModel Fit(
        FeatureSchema schema,
        IDetector detector,
        FeatureMatrix fitRows,
        FeatureMatrix calibrationRows,
        float threshold,
        FitSettings settings,
        CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(detector);
        AnomalyScore.CheckRange(threshold, nameof(threshold));
        DetectorArguments.CheckFit(fitRows, settings);
        if (fitRows.ColumnCount != schema.Count)
            throw new ArgumentException($"Rows have {fitRows.ColumnCount} columns; schema '{schema.Version}' has {schema.Count}.", nameof(fitRows));

        var fitted = detector.Fit(fitRows, settings, ct);
        ct.ThrowIfCancellationRequested();
        var calibration = Calibrate(fitted, calibrationRows);
        ct.ThrowIfCancellationRequested();
        return new ScoringModel(
            schema, detector.Name, fitted, calibration, threshold, fitRows.RowCount, new ReadOnlyCollection<TypicalRange>(TypicalRange.Of(fitRows)));
    }

    /// <summary>Gives every row its p-value and score. Does not allocate.</summary>
    /// <param name="rows">Shape [n, Schema.Count].</param>
    /// <param name="pValues">Receives n p-values, above 0 and at most 1: the share of normal traffic that scores as high.</param>
    /// <param name="scores">Receives n scores, 0 to 100, higher is more anomalous.</param>
    /// <exception cref="ArgumentException">The column count or the length of a span does not match.</exception>
    public void Score(FeatureMatrix rows, Span<double> pValues, Span<float> scores)
    {
        if (pValues.Length != rows.RowCount)
            throw new ArgumentException($"There is room for {pValues.Length} p-values; {rows.RowCount} rows need as many.", nameof(pValues));

        _detector.Score(rows, scores);
        for (var row = 0; row < scores.Length; row++)
        {
            pValues[row] = _calibration.PValue(scores[row]);
            scores[row] = AnomalyScore.FromPValue(pValues[row]);
        }
    }

    /// <summary>The same detector and threshold with a calibration on other rows: cheap, and what a model needs on a network it was not fitted on.</summary>
    /// <param name="calibrationRows">Shape [m, Schema.Count], m at least 1.</param>
    /// <exception cref="ArgumentException">There are no rows, or they are of another width.</exception>
    public ScoringModel Recalibrate(FeatureMatrix calibrationRows) =>
        new(Schema, DetectorName, _detector, Calibrate(_detector, calibrationRows), Threshold, FitRowCount, TypicalRanges);

    /// <summary>The same model with another threshold.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not in 0 to 100.</exception>
    public ScoringModel WithThreshold(float threshold)
    {
        AnomalyScore.CheckRange(threshold, nameof(threshold));
        return new(Schema, DetectorName, _detector, _calibration, threshold, FitRowCount, TypicalRanges);
    }

    /// <summary>Adds the model's sections to a file.</summary>
    /// <exception cref="ArgumentException">The file has a model already.</exception>
    public void WriteTo(ModelFileWriter file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var header = file.Section("scoring");
        header.WriteString(Schema.Version);
        header.WriteInt32(Schema.Count);
        foreach (var feature in Schema.Features)
        {
            header.WriteString(feature.Name);
            header.WriteString(feature.Unit);
            header.WriteString(feature.Meaning);
        }

        header.WriteString(DetectorName);
        header.WriteSingle(Threshold);
        header.WriteInt32(FitRowCount);
        foreach (var range in TypicalRanges)
        {
            header.WriteSingle(range.Low);
            header.WriteSingle(range.Median);
            header.WriteSingle(range.High);
            header.WriteSingle(range.Spread);
        }

        _detector.Write(file.Section("detector"));
        _calibration.Write(file.Section("calibration"));
    }

    /// <summary>Reads the model that <see cref="WriteTo"/> put into a file.</summary>
    /// <param name="detectors">The detectors that may occur; null for those of <see cref="DetectorCatalog.All"/>.</param>
    /// <exception cref="ModelFileException">A section is missing or not valid, or the detector is not among them.</exception>
    public static ScoringModel Read(ModelFileReader file, IReadOnlyList<DetectorDescriptor>? detectors = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        var header = file.Section("scoring");
        var schema = ReadSchema(header);
        var detectorName = header.ReadString();
        var threshold = header.ReadSingle();
        var fitRowCount = header.ReadInt32(1, int.MaxValue, "fit row count");
        var ranges = new TypicalRange[schema.Count];
        for (var i = 0; i < ranges.Length; i++)
            ranges[i] = new TypicalRange(header.ReadSingle(), header.ReadSingle(), header.ReadSingle(), header.ReadSingle());

        header.End();
        if (!(threshold is >= 0 and <= AnomalyScore.Max))
            throw new ModelFileException($"The threshold is {threshold}; allowed is 0 to {AnomalyScore.Max}.");

        if (ranges.Any(range => !(range.Low <= range.Median && range.Median <= range.High && range.Spread > 0)))
            throw new ModelFileException("A typical range is not in the order low, median, high with a spread above 0.");

        detectors ??= DetectorCatalog.All;
        var descriptor = detectors.FirstOrDefault(known => known.Name == detectorName) ?? throw new ModelFileException(
            $"The model was made by detector '{detectorName}', which is not one of: {string.Join(", ", detectors.Select(known => known.Name))}.");

        var content = file.Section("detector");
        var detector = descriptor.ReadModel(content);
        content.End();
        if (detector.FeatureCount != schema.Count)
            throw new ModelFileException($"The detector takes {detector.FeatureCount} features; schema '{schema.Version}' has {schema.Count}.");

        content = file.Section("calibration");
        var calibration = Calibration.Read(content);
        content.End();
        return new ScoringModel(schema, detectorName, detector, calibration, threshold, fitRowCount, new ReadOnlyCollection<TypicalRange>(ranges));
    }

    private static FeatureSchema ReadSchema(ModelSectionReader header)
    {
        var version = header.ReadString();
        var count = header.ReadInt32(1, int.MaxValue, "feature count");

        // A list that grows as definitions are found: room for a count made up by someone else could be gigabytes.
        var features = new List<FeatureDefinition>();
        while (features.Count < count)
            features.Add(new FeatureDefinition(header.ReadString(), header.ReadString(), header.ReadString()));

        return new FeatureSchema(version, features.AsReadOnly());
    }

    private static Calibration Calibrate(IDetectorModel detector, FeatureMatrix rows)
    {
        var raw = new float[rows.RowCount];
        detector.Score(rows, raw);
        return Calibration.Fit(raw);
    }
}
