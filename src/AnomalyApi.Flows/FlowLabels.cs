using AnomalyApi.Detection;

namespace AnomalyApi.Flows;

/// <summary>What the label of a flow says, in the words that labelled captures use.</summary>
public static class FlowLabels
{
    /// <summary>How the label of a flow begins that a rule of another sensor fired on; the name of the rule follows.</summary>
    public const string Alert = "alert: ";

    /// <summary>The same for a rule that only informs, and so says nothing about good and bad.</summary>
    public const string InformationalAlert = "informational alert: ";

    private static readonly string[] Normal = ["benign", "normal", "legitimate"];
    private static readonly string[] Unknown = ["background", "unknown", "unlabelled", "unlabeled", "empty"];
    private static readonly char[] Separators = [.. " -_=.,;:/()\t"];
    private static readonly string[] Negations = ["not", "non", "no"];

    /// <summary>0, and a label with the word benign, normal or legitimate, is normal unless the word not, non or no stands before it; a missing label, one without
    /// a letter or digit, one with the word background, and unknown, unlabelled or empty alone say nothing; any other label, such as the name of an
    /// attack, is an anomaly. Capitals do not matter. Alerts of other sensors are anomalies whatever the rule is called, and informational ones say
    /// nothing.</summary>
    public static RowLabel Meaning(string? label)
    {
        if (label is null)
            return RowLabel.Unknown;

        if (label.StartsWith(Alert, StringComparison.OrdinalIgnoreCase))
            return RowLabel.Anomaly;

        if (label.StartsWith(InformationalAlert, StringComparison.OrdinalIgnoreCase))
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
