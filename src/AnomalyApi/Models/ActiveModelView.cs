namespace AnomalyApi.Models;

/// <summary>The model that scores now, and how it came to.</summary>
/// <param name="Model">The model.</param>
/// <param name="Activation">The activation that made it live.</param>
/// <param name="History">Earlier activations, newest first, at most 20.</param>
internal sealed record ActiveModelView(ModelView Model, ActivationView Activation, IReadOnlyList<ActivationView> History);
