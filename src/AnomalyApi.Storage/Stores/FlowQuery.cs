namespace AnomalyApi.Storage.Stores;

/// <summary>Which flows to find, by the time they started.</summary>
public sealed record FlowQuery : TrafficQuery;
