using AnomalyApi.Detection;

namespace AnomalyApi.Flows;

/// <summary>What the label of a flow says, in the words that labelled captures use.</summary>
public static class FlowLabels
{
    private static readonly string[] Normal = ["0", "benign", "normal", "legitimate"];
    private static readonly string[] Unknown = ["background", "unknown", "unlabelled", "unlabeled", "empty"];

    /// <summary>A label with the word benign, normal or legitimate, and 0, is normal; a missing one, one without a letter or digit, and one with the word
    /// background, unknown, unlabelled or empty say nothing; any other label, such as the name of an attack, is an anomaly. Capitals do not
    /// matter.</summary>
    public static RowLabel Meaning(string? label)
    {
        if (label is null)
            return RowLabel.Unknown;

        var hasWord = false;
        foreach (var range in label.AsSpan().SplitAny(" -_=.,;:/()\t"))
        {
            var word = label.AsSpan()[range];
            hasWord |= !word.IsEmpty;
            if (IsOneOf(word, Normal))
                return RowLabel.Normal;

            if (IsOneOf(word, Unknown))
                return RowLabel.Unknown;
        }

        return hasWord ? RowLabel.Anomaly : RowLabel.Unknown;
    }

    private static bool IsOneOf(ReadOnlySpan<char> word, string[] words)
    {
        foreach (var other in words)
        {
            if (word.Equals(other, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
