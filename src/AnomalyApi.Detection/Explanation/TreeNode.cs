namespace AnomalyApi.Detection.Explanation;

/// <summary>One node of a <see cref="TreeEnsemble"/>.</summary>
/// <param name="Feature">Column that is compared; below 0 for a leaf.</param>
/// <param name="Threshold">A row goes left when its value is less. A model that compares with "at most" passes
/// <see cref="MathF.BitIncrement"/> of its own, which says the same.</param>
/// <param name="Left">Number of the left child, larger than that of this node.</param>
/// <param name="Right">Number of the right child, larger than that of this node.</param>
/// <param name="MissingLeft">Whether NaN goes left.</param>
/// <param name="Value">What a leaf adds to the sum; finite.</param>
internal readonly record struct TreeNode(int Feature, float Threshold, int Left, int Right, bool MissingLeft, double Value)
{
    public bool IsLeaf => Feature < 0;

    public static TreeNode Leaf(double value) => new(-1, 0, 0, 0, false, value);

    /// <summary>Whether a row with that value in the compared column goes left.</summary>
    public bool GoesLeft(float value) => value < Threshold || (MissingLeft && float.IsNaN(value));
}
