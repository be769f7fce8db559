using AnomalyApi.Detection;

namespace AnomalyApi.Flows;

/// <summary>What the label of a flow says, in the words that labelled captures use.</summary>
public static class FlowLabels
{
    private static readonly string[] Normal = ["benign", "normal", "legitimate"];
    private static readonly string[] Unknown = ["background", "unknown", "unlabelled", "unlabeled", "empty"];
    private static readonly char[] Separators = [.. " -_=.,;:/()\t"];
    private static readonly string[] Negations = ["not", "non", "no"];

    /// <summary>0, and a label with the word benign, normal or legitimate, is normal unless the word not, non or no stands before it; a missing label, one without
    /// a letter or digit, one with the word background, and unknown, unlabelled or empty alone say nothing; any other label, such as the name of an
    /// attack, is an anomaly. Capitals do not matter.</summary>
    public static RowLabel Meaning(string? label)
    {
        if (label is null)
            return RowLabel.Unknown;

        var words = label.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || (words.Length == 1 && IsOneOf(words[0], Unknown)) || words.Contains("background", StringComparer.OrdinalIgnoreCase))
            return RowLabel.Unknown;

        if (words is ["0"])
            return RowLabel.Normal;

        var place = Array.FindIndex(words, word => IsOneOf(word, Normal));
        return place < 0 || (place > 0 && IsOneOf(words[place - 1], Negations)) ? RowLabel.Anomaly : RowLabel.Normal;
    }

    private static bool IsOneOf(string word, string[] words) => words.Contains(word, StringComparer.OrdinalIgnoreCase);
}
