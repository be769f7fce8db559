namespace AnomalyApi.Models;

/// <summary>An option of a detector.</summary>
/// <param name="Name">Its name in a training's <c>options</c>.</param>
/// <param name="Default">Its value when it is left out.</param>
/// <param name="Minimum">Least value; null when there is no bound.</param>
/// <param name="Maximum">Greatest value; null when there is no bound.</param>
/// <param name="Choices">The words that are allowed; null where any number or text in the range is.</param>
internal sealed record DetectorOptionView(string Name, object? Default, object? Minimum, object? Maximum, IReadOnlyList<string>? Choices);
