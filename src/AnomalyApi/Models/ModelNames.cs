using AnomalyApi.Storage.Stores;

namespace AnomalyApi.Models;

/// <summary>Names under which models replace each other.</summary>
internal static class ModelNames
{
    /// <summary>The one name this version uses: all flows are scored by its live model.</summary>
    public const string Default = "default";

    /// <summary>The lock that lets one training of the default models run at a time, across processes.</summary>
    public static string TrainingLock { get; } = TrainingStore.LockName(Default);
}
