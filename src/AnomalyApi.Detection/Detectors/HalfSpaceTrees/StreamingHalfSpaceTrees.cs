namespace AnomalyApi.Detection.Detectors;

/// <summary>Scores rows and learns from them: the boxes of a fitted model with masses that follow the stream.</summary>
/// <remarks>
/// Tan, Ting and Liu 2011, algorithm 3: rows are scored by the masses of the window before and counted in those of the current one; when it is
/// full, it becomes the reference. Until then the model's own masses are the reference. The model itself never changes. Whatever is
/// scored becomes normal if it goes on for a window, attacks too. Not thread-safe.
/// </remarks>
public sealed class StreamingHalfSpaceTrees
{
    private readonly HalfSpaceBoxes _boxes;
    private readonly double _sizeLimit;
    private readonly int _window;
    private int[] _reference;
    private int[] _current;
    private int _referenceRows;
    private int _currentRows;

    /// <summary>Starts from what a model knows.</summary>
    /// <param name="window">Rows in a window, 1 or more; the paper has 250.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is below 1.</exception>
    public StreamingHalfSpaceTrees(HalfSpaceTreesModel model, int window = 250)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        (_boxes, _sizeLimit, _window, _referenceRows) = (model.Boxes, model.SizeLimit, window, model.ReferenceRows);
        _reference = [.. model.Masses];
        _current = new int[_reference.Length];
    }

    /// <summary>Rows of the window that is the reference now; before the first is full, those the model was fitted on.</summary>
    public int ReferenceRows => _referenceRows;

    /// <summary>Gives every row its raw score and learns nothing. Does not allocate.</summary>
    /// <param name="rows">Shape [n, feature count of the model].</param>
    /// <param name="scores">Receives n raw scores, as those of <see cref="HalfSpaceTreesModel"/>.</param>
    /// <exception cref="ArgumentException">The column count or the length of <paramref name="scores"/> does not match.</exception>
    public void Score(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(_boxes.FeatureCount, rows, scores);
        for (var row = 0; row < scores.Length; row++)
            scores[row] = HalfSpaceTreesModel.ScoreOf(_boxes, _reference, _referenceRows, _sizeLimit, rows.Row(row));
    }

    /// <summary>Gives every row its raw score, then learns from it, one after another in their order. Does not allocate.</summary>
    /// <param name="rows">Shape [n, feature count of the model].</param>
    /// <param name="scores">Receives n raw scores, as those of <see cref="HalfSpaceTreesModel"/>.</param>
    /// <exception cref="ArgumentException">The column count or the length of <paramref name="scores"/> does not match.</exception>
    public void ScoreAndLearn(FeatureMatrix rows, Span<float> scores)
    {
        DetectorArguments.CheckScore(_boxes.FeatureCount, rows, scores);
        for (var row = 0; row < scores.Length; row++)
        {
            scores[row] = HalfSpaceTreesModel.ScoreOf(_boxes, _reference, _referenceRows, _sizeLimit, rows.Row(row));
            _boxes.Add(rows.Row(row), _current);
            if (++_currentRows == _window)
            {
                (_reference, _current, _referenceRows, _currentRows) = (_current, _reference, _window, 0);
                Array.Clear(_current);
            }
        }
    }

    /// <summary>A model of the reference as it is now.</summary>
    public HalfSpaceTreesModel ToModel() => new(_boxes, [.. _reference], _referenceRows, _sizeLimit);
}
