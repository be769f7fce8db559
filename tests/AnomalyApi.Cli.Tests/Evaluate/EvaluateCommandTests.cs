using System.Text.Json;

namespace AnomalyApi.Cli.Tests.Evaluate;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_labelled_file_gives_a_table()
    {
        var run = await Evaluate();

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Matches(@"detector +ROC-AUC +PR-AUC", run.Output);
        Assert.Matches(@"isolation-forest +(0\.9\d\d\d|1\.0000)", run.Output);
    }

    [Fact]
    public async Task A_record_has_the_promised_fields_and_no_other()
    {
        var record = Assert.Single(await Json());

        Assert.Equal(
            [
                "detector", "seed", "rows_fit", "rows_test", "roc_auc", "pr_auc", "best_f1", "precision", "recall", "f1", "accuracy", "fpr", "fnr", "recall_at_fpr_1",
                "fpr_at_1", "recall_at_fpr_5", "fpr_at_5", "threshold", "fit_seconds", "score_microseconds_per_row",
            ],
            record.EnumerateObject().Select(field => field.Name));
        Assert.Equal("isolation-forest", record.GetProperty("detector").GetString());
        Assert.Equal(1, record.GetProperty("seed").GetInt32());
        Assert.All(record.EnumerateObject().Skip(1), field => Assert.Equal(JsonValueKind.Number, field.Value.ValueKind));
    }

    [Fact]
    public async Task Rows_are_counted_as_they_are_used()
    {
        // 400 rows, 360 of them normal. Three tenths are tested; of the others a fifth is for validation, and only normal rows are fitted.
        var record = Assert.Single(await Json());

        Assert.Equal(120, record.GetProperty("rows_test").GetInt32());
        Assert.InRange(record.GetProperty("rows_fit").GetInt32(), 201, 202);
    }

    [Theory]
    [InlineData(120, "--split", "holdout")]
    [InlineData(80, "--split", "holdout", "--test-share", "0.2")]
    [InlineData(400, "--split", "kfold", "--folds", "4")]
    [InlineData(40, "--split", "loo", "--max-rows", "40")]
    [InlineData(120, "--split", "time", "--time", "when")]
    [InlineData(220, "--split", "oneclass")]
    public async Task Every_split_tests_the_rows_it_should(int tested, params string[] split)
    {
        var record = Assert.Single(await Json(split));
        Assert.Equal(tested, record.GetProperty("rows_test").GetInt32());
    }

    [Theory]
    [InlineData("--split", "hash")]
    [InlineData("--split", "group", "--group", "host")]
    public async Task Splits_by_content_and_by_group_test_about_their_share(params string[] split)
    {
        var record = Assert.Single(await Json(split));
        Assert.InRange(record.GetProperty("rows_test").GetInt32(), 60, 240);
    }

    [Fact]
    public async Task A_test_file_may_order_its_columns_in_another_way()
    {
        var test = SomeTable.Rows(200, seed: 2).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => string.Join(',', row.Split(',').Reverse()));
        var path = _folder.Write("test.csv", "label,rate,bytes,proto,host,when\n" + string.Join('\n', test));

        var record = Assert.Single(await Json("--test", path, "--drop", "when,host"));

        Assert.Equal(200, record.GetProperty("rows_test").GetInt32());
        Assert.InRange(record.GetProperty("roc_auc").GetDouble(), 0.99, 1);
    }

    [Fact]
    public async Task A_category_that_was_never_fitted_is_told_apart()
    {
        // Nothing but the protocol differs, and every fitted row has one of the two known ones.
        var rows = SomeTable.Rows(anomalyProtocol: "gre").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(','));
        var path = _folder.Write("proto.csv", "proto,label\n" + string.Concat(rows.Select(cells => $"{cells[2]},{cells[5]}\n")));

        var run = await CommandRun.Of("evaluate", "--data", path, "--label", "label", "--detector", "pca", "--out", _folder["r.json"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(1, Assert.Single(Read("r.json")).GetProperty("roc_auc").GetDouble());
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_figures_with_any_number_of_threads()
    {
        var (one, again, other) = (await Json("--threads", "1"), await Json("--threads", "3"), await Json("--seed", "9"));

        Assert.Equal(Figures(one), Figures(again));
        Assert.NotEqual(Figures(one), Figures(other));
    }

    [Fact]
    public async Task Several_seeds_give_a_record_each_and_a_deviation_in_the_table()
    {
        var run = await Evaluate("--seeds", "3", "--seed", "5", "--out", _folder["r.json"]);

        Assert.Equal([5, 6, 7], Read("r.json").Select(record => record.GetProperty("seed").GetInt32()));
        Assert.Contains("±", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_are_set_and_searched()
    {
        Assert.Equal(0, (await Evaluate("--set", "trees=10")).ExitCode);

        var run = await Evaluate("--search", "random", "--trials", "4", "--out", _folder["r.html"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Search for options", File.ReadAllText(_folder["r.html"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("under")]
    [InlineData("over")]
    [InlineData("smote")]
    public async Task Rows_are_resampled_for_detectors_that_need_labels(string method)
    {
        // First the forest, which looks at no labels, then the detector that needs them.
        var (plain, resampled) = (await Json("--detector", "gradient-boosting"), await Json("--detector", "gradient-boosting", "--resample", method));

        Assert.NotEqual(plain[^1].GetProperty("threshold").GetDouble(), resampled[^1].GetProperty("threshold").GetDouble());
        Assert.Equal(plain[0].GetProperty("threshold").GetDouble(), resampled[0].GetProperty("threshold").GetDouble());
    }

    [Fact]
    public async Task Detectors_that_are_not_resampled_are_named_in_a_note()
    {
        var run = await Evaluate("--detector", "logistic-regression,pca", "--resample", "over");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["note: --resample has no effect on isolation-forest, pca: it is for detectors that need labels."],
            run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Figures_that_say_nothing_come_with_a_note()
    {
        var constant = await CommandRun.Of(
            ["evaluate", "--data", _folder.Write("constant.csv", "a,label\n" + string.Concat(Enumerable.Range(0, 200).Select(row => $"1,{row % 10 / 9}\n"))), "--label", "label", "--detector", "pca"]);
        var welcome = await Evaluate("--detector", "ensemble");

        Assert.Contains("note: pca: every tested row got the same score", constant.Error, StringComparison.Ordinal);
        Assert.Contains("note: ensemble: fitted on normal rows alone; --fit-on all", welcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_of_the_test_file_that_nothing_was_fitted_on_are_named_in_a_note()
    {
        var lines = SomeTable.Rows().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var test = _folder.Write("wider.csv", "extra," + SomeTable.Header + string.Concat(lines.Select(line => $"1,{line}\n")));
        var data = _folder.Write("narrow.csv", SomeTable.Header + SomeTable.Rows());

        var run = await CommandRun.Of("evaluate", "--data", data, "--test", test, "--label", "label", "--detector", "isolation-forest");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["note: 'wider.csv' has columns that 'narrow.csv' has not, and they are not used: extra"], run.ErrorLines);
    }

    [Fact]
    public async Task Dropped_time_and_group_columns_are_no_features()
    {
        await Evaluate("--drop", "proto,-2", "--time", "when", "--group", "host", "--out", _folder["r.html"]);

        Assert.Contains("<b>1</b><span>columns learned from</span>", File.ReadAllText(_folder["r.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_odd_about_the_rows_is_told()
    {
        var rows = SomeTable.Rows() + "2000,10.0.0.1,tcp,Infinity,-inf,normal\n2001,10.0.0.1,tcp,100,,\noops,10.0.0.1,tcp,100,0.5,normal\n2002,short\n";
        var path = _folder.Write("odd.csv", SomeTable.Header + rows);

        var run = await CommandRun.Of("evaluate", "--data", path, "--label", "label", "--detector", "isolation-forest");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [
                "note: 'odd.csv': 1 rows are not 6 cells wide and are left out; the first is line 405",
                "note: 'odd.csv': 2 cells are infinite and count as missing",
                "note: 'odd.csv': column 'when' is numeric; 1 cells of it are text (such as 'oops') and count as missing",
                "note: 1 rows have an empty label; nothing is measured on them",
            ],
            run.ErrorLines);
    }

    [Fact]
    public async Task A_cancelled_run_ends_with_130()
    {
        var path = _folder.Write("data.csv", SomeTable.Header + SomeTable.Rows());
        using var output = new StringWriter();
        using var error = new StringWriter();

        var code = await AnomalyCommand.RunAsync(
            ["evaluate", "--data", path, "--label", "label", "--detector", "isolation-forest"],
            new Terminal(output, error, ShowsProgress: false),
            new CancellationToken(canceled: true));

        Assert.Equal(130, code);
        Assert.Equal("anomaly: cancelled\n", error.ToString());
    }

    private static IEnumerable<string> Figures(IEnumerable<JsonElement> records) => records.Select(record => string.Join(
        ' ', record.EnumerateObject().Where(field => field.Name is not ("seed" or "fit_seconds" or "score_microseconds_per_row")).Select(field => field.Value.GetRawText())));

    private Task<CommandRun> Evaluate(params string[] more) => CommandRun.Of(
    [
        "evaluate", "--data", _folder.Write("data.csv", SomeTable.Header + SomeTable.Rows()), "--label", "label", "--detector", "isolation-forest", .. more,
    ]);

    private async Task<IReadOnlyList<JsonElement>> Json(params string[] more)
    {
        var run = await Evaluate([.. more, "--out", _folder["r.json"]]);
        Assert.True(run.ExitCode == 0, run.Error);
        return Read("r.json");
    }

    private List<JsonElement> Read(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(_folder[name]));
        return [.. json.RootElement.EnumerateArray().Select(record => record.Clone())];
    }
}
