using System.Globalization;
using AnomalyApi.Cli.Sending;
using Spectre.Console;

namespace AnomalyApi.Cli.Replay;

/// <summary>The table in the terminal: a row for each file.</summary>
internal static class ReplayTable
{
    private static readonly string[] Titles = ["flows", "bad", "skipped", "accepted", "rejected", .. SendTotals.Severities, "flows/s", "p50 ms", "p99 ms", "retries"];

    public static Table Of(IReadOnlyList<FileOutcome> files)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("file", "format");
        foreach (var title in Titles)
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());

        foreach (var file in files)
        {
            table.AddRow(
            [
                Markup.Escape(Path.GetFileName(file.Path)), file.File.Format, Number(file.File.Flows), Number(file.File.Rejected), Number(file.File.Skipped),
                Number(file.Totals.Accepted), Number(file.Totals.Rejected), .. file.Totals.BySeverity.Select(count => Number(count)),
                file.FlowsPerSecond.ToString("F0", CultureInfo.InvariantCulture), Milliseconds(file, 0.5), Milliseconds(file, 0.99), Number(file.Totals.Retries),
            ]);
        }

        return table;
    }

    private static string Number(long number) => TransferTable.Number(number);

    private static string Milliseconds(FileOutcome file, double share) =>
        file.Totals.LatencyMilliseconds(share) is var time && double.IsNaN(time) ? "-" : time.ToString("F1", CultureInfo.InvariantCulture);
}
