using System.Globalization;
using AnomalyApi.Cli.Sending;
using Spectre.Console;

namespace AnomalyApi.Cli.Replay;

/// <summary>The table in the terminal: a row for each file.</summary>
internal static class ReplayTable
{
    // Blanks around a column's text.
    private const int Padding = 3;

    private static readonly (string Title, Func<FileOutcome, string> Text)[] All =
    [
        ("format", file => file.File.Format),
        ("flows", file => TransferTable.Number(file.File.Flows)),
        ("bad", file => TransferTable.Number(file.File.Rejected)),
        ("skipped", file => TransferTable.Number(file.File.Skipped)),
        ("accepted", file => TransferTable.Number(file.Totals.Accepted)),
        ("rejected", file => TransferTable.Number(file.Totals.Rejected)),
        .. SendTotals.Severities.Select<string, (string, Func<FileOutcome, string>)>((title, i) => (title, file => TransferTable.Number(file.Totals.BySeverity[i]))),
        ("flows/s", file => file.FlowsPerSecond.ToString("F0", CultureInfo.InvariantCulture)),
        ("p50 ms", file => Milliseconds(file, 0.5)),
        ("p99 ms", file => Milliseconds(file, 0.99)),
        ("retries", file => TransferTable.Number(file.Totals.Retries)),
    ];

    // What a narrow window goes without, the first to go first.
    private static readonly string[] Dispensable = ["p50 ms", "retries", "skipped", "format", "p99 ms", "flows/s", "bad"];

    /// <param name="width">Characters that a line may have.</param>
    public static Table Of(IReadOnlyList<FileOutcome> files, int width)
    {
        var columns = Fitting(files, width);
        var table = new Table().Border(TableBorder.Simple).AddColumn("file");
        foreach (var (title, _) in columns)
            table.AddColumn(new TableColumn(title).RightAligned().NoWrap());

        foreach (var file in files)
            table.AddRow([Markup.Escape(Path.GetFileName(file.Path)), .. columns.Select(column => column.Text(file))]);

        return table;
    }

    private static List<(string Title, Func<FileOutcome, string> Text)> Fitting(IReadOnlyList<FileOutcome> files, int width)
    {
        var columns = All.ToList();
        var names = Padding + Math.Min(20, files.Max(file => Path.GetFileName(file.Path).Length));
        foreach (var title in Dispensable)
        {
            if (names + columns.Sum(column => Padding + Math.Max(column.Title.Length, files.Max(file => column.Text(file).Length))) <= width)
                break;

            columns.RemoveAll(column => column.Title == title);
        }

        return columns;
    }

    private static string Milliseconds(FileOutcome file, double share) =>
        file.Totals.LatencyMilliseconds(share) is var time && double.IsNaN(time) ? "-" : time.ToString("F1", CultureInfo.InvariantCulture);
}
