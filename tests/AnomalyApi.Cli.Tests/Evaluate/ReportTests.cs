using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AnomalyApi.Cli.Tests.Evaluate;

public sealed partial class ReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_markdown_is_the_command_and_a_table()
    {
        await Evaluate(_folder["r.md"], "--max-rows", "300", "--drop", "when,host");

        // Times are never the same twice, nor is the folder; other figures are the detectors' own business.
        var text = File.ReadAllText(_folder["r.md"]).Replace(Path.GetDirectoryName(_folder["r.md"])! + "/", "", StringComparison.Ordinal);
        Assert.Equal(
            """
            ```bash
            anomaly evaluate --data data.csv --label label --detector isolation-forest,pca --out r.md --max-rows 300 --drop when,host
            ```

            | detector | ROC-AUC | PR-AUC | best F1 | F1 | precision | recall | FPR | R@1 | FPR@1 | R@5 | FPR@5 | fit s | us/row |
            |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            | isolation-forest | 0.0000 | 0.0000 | 0.000 | 0.000 | 0.000 | 0.000 | 0.0000 | 0.000 | 0.0000 | 0.000 | 0.0000 | T | T |
            | pca | 0.0000 | 0.0000 | 0.000 | 0.000 | 0.000 | 0.000 | 0.0000 | 0.000 | 0.0000 | 0.000 | 0.0000 | T | T |

            * 'data.csv': 300 of 400 rows, drawn at random

            """,
            Figures().Replace(Times().Replace(text, "| T | T |\n"), match => match.Value.Length == 5 ? "0.000" : "0.0000"));
    }

    [Fact]
    public async Task The_page_stands_alone_and_is_well_formed()
    {
        await Evaluate(_folder["r.html"]);

        var page = File.ReadAllText(_folder["r.html"]);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);

        // ROC, its beginning, precision over recall, and a histogram for each detector; every one is XML.
        var charts = Charts().Matches(page);
        Assert.Equal(5, charts.Count);
        Assert.All(charts, chart => Assert.Equal("svg", XElement.Parse(chart.Value).Name.LocalName));
        Assert.Contains("<pre>anomaly evaluate --data ", page, StringComparison.Ordinal);
        Assert.Contains("trees=100, sample_size=256", page, StringComparison.Ordinal);
        Assert.Contains("<td>flood</td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_from_a_file_is_no_markup()
    {
        var rows = SomeTable.Rows().Replace("flood", "<b>&'flood", StringComparison.Ordinal);
        var path = _folder.Write("a'b[bold].csv", SomeTable.Header + rows);

        var run = await CommandRun.Of(
            "evaluate", "--data", path, "--label", "label", "--detector", "isolation-forest", "--out", _folder["r.html"], "--max-rows", "300");

        Assert.True(run.ExitCode == 0, run.Error);
        var page = File.ReadAllText(_folder["r.html"]);
        Assert.Contains("&lt;b&gt;&amp;&#39;flood", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>&", page, StringComparison.Ordinal);

        // As a shell takes it: the quote is closed, an escaped quote follows, and it is opened again.
        Assert.Contains(@"a'\''b[bold].csv'", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    private async Task Evaluate(string report, params string[] more)
    {
        var run = await CommandRun.Of(
        [
            "evaluate", "--data", _folder.Write("data.csv", SomeTable.Header + SomeTable.Rows()), "--label", "label", "--detector", "isolation-forest,pca", "--out", report, .. more,
        ]);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    [GeneratedRegex(@"\| [0-9.]+ \| [0-9.]+ \|\n")]
    private static partial Regex Times();

    [GeneratedRegex(@"[01]\.\d{3,4}(?= \|)")]
    private static partial Regex Figures();

    [GeneratedRegex("<svg class=\"chart\".*?</svg>")]
    private static partial Regex Charts();
}
