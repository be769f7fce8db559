namespace AnomalyApi.Training;

/// <summary>One line of a training's log.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Text">What happened.</param>
internal sealed record TrainingLogLine(DateTime At, string Text);
