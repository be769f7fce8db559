using System.Collections.ObjectModel;
using AnomalyApi.Detection.Files;
using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Detection.Scoring;

/// <summary>Everything that turns feature rows into scores: how rows are prepared, a fitted detector, its calibration and the threshold.</summary>
/// <remarks>
/// Immutable and thread-safe. Callers see p-values and scores only, never raw scores, so that a model made of several detectors can take
/// the place of one.
/// </remarks>
public sealed class ScoringModel
{
    private readonly ScoringModelHeader _header;
    private readonly IDetectorModel _detector;
    private readonly Calibration _calibration;

    private ScoringModel(ScoringModelHeader header, IDetectorModel detector, Calibration calibration)
    {
        _header = header;
        _detector = detector;
        _calibration = calibration;
    }

    /// <summary>What spoke against the model when it was fitted or its calibration renewed, one sentence each; mostly empty. Not kept in a file.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>The features a row must have.</summary>
    public FeatureSchema Schema => _header.Schema;

    /// <summary>Name of the detector, as in <see cref="DetectorCatalog"/>.</summary>
    public string DetectorName => _header.DetectorName;

    /// <summary>Score from which on a row is an anomaly, 0 to 100.</summary>
    public float Threshold => _header.Threshold;

    /// <summary>Rows the detector was fitted on.</summary>
    public int FitRowCount => _header.FitRowCount;

    /// <summary>Rows the scores are calibrated on.</summary>
    public int CalibrationCount => _calibration.Count;

    /// <summary>What each feature usually is, in column order.</summary>
    public IReadOnlyList<TypicalRange> TypicalRanges => _header.TypicalRanges;

    /// <summary>Fits and calibrates a model.</summary>
    /// <param name="fitRows">Shape [n, schema.Count], n at least 1, all finite.</param>
    /// <param name="calibrationRows">Shape [m, schema.Count], m at least 1; rows the detector does not see, best from a later time.</param>
    /// <param name="threshold">Score from which on a row is an anomaly, 0 to 100.</param>
    /// <exception cref="ArgumentException">A matrix is empty or of another width, a value to fit is not finite, or the threshold is out of
    /// range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing remains of the fit.</exception>
    public static ScoringModel Fit(
        FeatureSchema schema,
        IDetector detector,
        TrainingRows fitRows,
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
        {
            throw new ArgumentException(
                $"Rows have {fitRows.ColumnCount} columns; schema '{schema.Version}' has {schema.Count}.", nameof(fitRows));
        }

        var fitted = detector.Fit(fitRows, settings, ct);
        ct.ThrowIfCancellationRequested();
        var raw = new float[calibrationRows.RowCount];
        fitted.Score(calibrationRows, raw, ct);
        var calibration = Calibration.Fit(raw);
        ct.ThrowIfCancellationRequested();
        var typical = fitRows.Where(RowLabel.Normal, RowLabel.Unknown);
        var ranges = new ReadOnlyCollection<TypicalRange>(TypicalRange.Of((typical.RowCount > 0 ? typical : fitRows).Features));
        return new ScoringModel(new ScoringModelHeader(schema, detector.Name, threshold, fitRows.RowCount, ranges), fitted, calibration)
        {
            Warnings = FitWarnings.OfScores(raw),
        };
    }

    /// <summary>Gives every row its p-value and score. Does not allocate.</summary>
    /// <param name="rows">Shape [n, Schema.Count].</param>
    /// <param name="pValues">Receives n p-values, above 0 and at most 1: the share of normal traffic that scores as high.</param>
    /// <param name="scores">Receives n scores, 0 to 100, higher is more anomalous.</param>
    /// <exception cref="ArgumentException">The column count or the length of a span does not match.</exception>
    public void Score(FeatureMatrix rows, Span<double> pValues, Span<float> scores) => Score(rows, pValues, scores, CancellationToken.None);

    /// <summary>The same for many rows, with a look at the token every few milliseconds.</summary>
    /// <exception cref="ArgumentException">The column count or the length of a span does not match.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; some rows may be scored.</exception>
    public void Score(FeatureMatrix rows, Span<double> pValues, Span<float> scores, CancellationToken ct)
    {
        if (pValues.Length != rows.RowCount)
        {
            throw new ArgumentException(
                $"There is room for {pValues.Length} p-values; {rows.RowCount} rows need as many.", nameof(pValues));
        }

        if (ct.CanBeCanceled)
            _detector.Score(rows, scores, ct);
        else
            _detector.Score(rows, scores);

        for (var row = 0; row < scores.Length; row++)
        {
            pValues[row] = _calibration.PValue(scores[row]);
            scores[row] = AnomalyScore.FromPValue(pValues[row]);
        }
    }

    /// <summary>The same detector and threshold with a calibration on other rows.</summary>
    /// <remarks>Takes no fit, and makes the scores right again on a network the model was not fitted on. A few attacks among the rows do no harm:
    /// <see cref="TrainingTrim.ForRecalibration(ReadOnlySpan{float}, ReadOnlySpan{float})"/> leaves them out, and <see cref="Warnings"/> says when they could not be told from normal rows.</remarks>
    /// <param name="calibrationRows">Shape [m, Schema.Count], m at least 1; an hour of traffic or more.</param>
    /// <exception cref="ArgumentException">There are no rows, or they are of another width.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; this model is as it was.</exception>
    public ScoringModel Recalibrate(FeatureMatrix calibrationRows, CancellationToken ct)
    {
        var raw = new float[calibrationRows.RowCount];
        _detector.Score(calibrationRows, raw, ct);
        var scores = Array.ConvertAll(raw, score => AnomalyScore.FromPValue(_calibration.PValue(score)));
        ct.ThrowIfCancellationRequested();
        var kept = Array.ConvertAll(TrainingTrim.ForRecalibration(raw, scores, out var warning), row => raw[row]);
        var warnings = FitWarnings.OfScores(kept);
        return new(_header, _detector, Calibration.Fit(kept)) { Warnings = warning is null ? warnings : [warning, .. warnings] };
    }

    /// <summary>The same model with another threshold.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not in 0 to 100.</exception>
    public ScoringModel WithThreshold(float threshold)
    {
        AnomalyScore.CheckRange(threshold, nameof(threshold));
        return new(_header with { Threshold = threshold }, _detector, _calibration) { Warnings = Warnings };
    }

    /// <summary>Adds the model's sections to a file.</summary>
    /// <exception cref="ArgumentException">The file has a model already.</exception>
    public void WriteTo(ModelFileWriter file)
    {
        ArgumentNullException.ThrowIfNull(file);
        _header.Write(file.Section("scoring"));
        if (_detector is PreparedModel prepared)
        {
            prepared.Preparation.Write(file.Section("preparation"));
            prepared.Inner.Write(file.Section("detector"));
        }
        else
        {
            _detector.Write(file.Section("detector"));
        }

        _calibration.Write(file.Section("calibration"));
    }

    /// <summary>Reads the model that <see cref="WriteTo"/> put into a file.</summary>
    /// <param name="detectors">The detectors that may occur; null for those of <see cref="DetectorCatalog.All"/>.</param>
    /// <exception cref="ModelFileException">A section is missing or not valid, or the detector is not among them.</exception>
    public static ScoringModel Read(ModelFileReader file, IReadOnlyList<DetectorDescriptor>? detectors = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        detectors ??= DetectorCatalog.All;
        var header = ReadSection(file, "scoring", ScoringModelHeader.Read);
        var descriptor = detectors.FirstOrDefault(known => known.Name == header.DetectorName) ?? throw new ModelFileException(
            $"The model was made by detector '{header.DetectorName}', "
            + $"which is not one of: {string.Join(", ", detectors.Select(known => known.Name))}.");
        var detector = ReadDetector(file, descriptor);
        var calibration = ReadSection(file, "calibration", Calibration.Read);
        return detector.FeatureCount == header.Schema.Count
            ? new ScoringModel(header, detector, calibration)
            : throw new ModelFileException(
                $"The detector takes {detector.FeatureCount} features; schema '{header.Schema.Version}' has {header.Schema.Count}.");
    }

    private static IDetectorModel ReadDetector(ModelFileReader file, DetectorDescriptor descriptor)
    {
        var detector = ReadSection(file, "detector", descriptor.ReadModel);
        if (!file.HasSection("preparation"))
            return detector;

        var preparation = ReadSection(file, "preparation", Preparation.Read);
        return preparation.OutputCount == detector.FeatureCount
            ? new PreparedModel(preparation, detector)
            : throw new ModelFileException(
                $"The preparation gives {preparation.OutputCount} columns; the detector takes {detector.FeatureCount}.");
    }

    private static T ReadSection<T>(ModelFileReader file, string name, Func<ModelSectionReader, T> read)
    {
        var section = file.Section(name);
        var content = read(section);
        section.End();
        return content;
    }
}
