using System.Globalization;
using AnomalyApi.Detection;

namespace AnomalyApi.Cli.Evaluate.Data;

/// <summary>Which values of the label column mean normal. Every other value is an anomaly, and an empty cell says nothing.</summary>
/// <param name="named">The values the user named; empty for those that public sets use.</param>
internal sealed class NormalValues(IReadOnlyList<string> named)
{
    private static readonly string[] Usual = ["normal", "normal.", "benign", "0"];

    private readonly IReadOnlyList<string> _normal = named.Count == 0 ? Usual : named;

    public RowLabel Read(string cell)
    {
        if (cell.Length == 0)
            return RowLabel.Unknown;

        foreach (var normal in _normal)
        {
            // 0.0 and 0.00000 are zero too.
            if (cell.Equals(normal, StringComparison.OrdinalIgnoreCase) || (IsNumber(cell, out var value) && IsNumber(normal, out var number) && value == number))
                return RowLabel.Normal;
        }

        return RowLabel.Anomaly;
    }

    public override string ToString() => string.Join(", ", _normal);

    private static bool IsNumber(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
