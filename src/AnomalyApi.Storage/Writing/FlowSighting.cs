namespace AnomalyApi.Storage.Writing;

/// <summary>A flow that is stored already, or with the same batch, and was seen by another sensor too.</summary>
/// <param name="FlowId">The flow as it was stored first.</param>
/// <param name="Sensor">Who saw it too.</param>
public readonly record struct FlowSighting(long FlowId, string Sensor);
