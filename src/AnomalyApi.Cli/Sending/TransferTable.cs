using System.Globalization;
using Spectre.Console;

namespace AnomalyApi.Cli.Sending;

/// <summary>What became of flows that were sent, as tables and text.</summary>
internal static class TransferTable
{
    /// <summary>Anomalies by severity in one line.</summary>
    public static string Severities(SendTotals totals) =>
        string.Join(", ", totals.BySeverity.Select((count, i) => FormattableString.Invariant($"{count} {SendTotals.Severities[i]}")));

    /// <summary>For each label how many of its flows are anomalies: what a model sees of each attack, flow by flow.</summary>
    public static Table OfLabels(IReadOnlyList<(string Label, long Flows, long Anomalies)> labels)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("label");
        foreach (var title in (string[])["flows", "anomalies", "share"])
            table.AddColumn(new TableColumn(title).RightAligned());

        foreach (var (label, flows, anomalies) in labels)
            table.AddRow(Markup.Escape(label), Number(flows), Number(anomalies), ((double)anomalies / flows).ToString("P2", CultureInfo.InvariantCulture));

        return table;
    }

    /// <summary>A whole number as tables show it.</summary>
    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
