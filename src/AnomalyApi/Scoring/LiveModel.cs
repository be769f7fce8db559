using AnomalyApi.Flows.Scoring;

namespace AnomalyApi.Scoring;

/// <summary>A model as it is live in this process.</summary>
/// <param name="Version">Its version in the registry.</param>
/// <param name="ActivationId">Which activation made it live; rises with each.</param>
/// <param name="Model">What scores.</param>
internal sealed record LiveModel(int Version, long ActivationId, FlowScoringModel Model);
