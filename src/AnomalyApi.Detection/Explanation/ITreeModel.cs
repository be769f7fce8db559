namespace AnomalyApi.Detection.Explanation;

/// <summary>A model whose raw score is a monotone function of a sum over trees, so that its scores can be explained exactly and
/// fast.</summary>
internal interface ITreeModel : IDetectorModel
{
    /// <summary>The trees, in the form explanations are computed from. Made anew on each call.</summary>
    TreeEnsemble ToTreeEnsemble();
}
