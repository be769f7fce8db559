using System.Text.Json;

namespace AnomalyApi.Training;

/// <summary>What went into a model, for people and for repeating it.</summary>
/// <param name="FeatureSchema">Version of the features.</param>
/// <param name="Threshold">Score from which it calls a flow an anomaly.</param>
/// <param name="Seed">Seed of every random choice.</param>
/// <param name="WindowFrom">Flows received from here on were read.</param>
/// <param name="WindowTo">Flows received before were read.</param>
/// <param name="SampleSize">Flows read at most.</param>
/// <param name="Options">The detector's options as requested; null for the defaults.</param>
internal sealed record ModelMetadata(
    string FeatureSchema, float Threshold, ulong Seed, DateTime WindowFrom, DateTime WindowTo, int SampleSize, JsonElement? Options);
