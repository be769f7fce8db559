using AnomalyApi.Storage.Rows;

namespace AnomalyApi.Models;

/// <summary>That a model went live.</summary>
/// <param name="Version">The model.</param>
/// <param name="ActivatedAt">When.</param>
/// <param name="ActivatedBy">Id of the key, or the training, that did it.</param>
/// <param name="Reason">Why.</param>
internal sealed record ActivationView(int Version, DateTime ActivatedAt, string ActivatedBy, string Reason)
{
    public static ActivationView Of(ModelActivationRow row) => new(row.Version, row.ActivatedAt, row.ActivatedBy, row.Reason);
}
