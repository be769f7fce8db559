namespace AnomalyApi.Cli.Tests.Evaluate;

/// <summary>Whatever is wrong with a command line or a file is told in one line, with exit code 2.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("'--data' is required", "--label", "label", "--detector", "isolation-forest")]
    [InlineData("'--label' is required", "--data", "DATA", "--detector", "isolation-forest")]
    [InlineData("'--detector' is required", "--data", "DATA", "--label", "label")]
    [InlineData("There is no file", "--data", "missing.csv", "--label", "label", "--detector", "isolation-forest")]
    public async Task What_is_missing_is_named(string words, params string[] arguments) =>
        (await CommandRun.Of(["evaluate", .. arguments.Select(argument => argument == "DATA" ? Data() : argument)])).IsRefused(words);

    [Theory]
    [InlineData("has no column 'answer'. Its columns are: when, host, proto, bytes, rate, label", "--label", "answer")]
    [InlineData("has no column 'x'", "--drop", "bytes,x")]
    [InlineData("has no column '99'", "--categorical", "99")]
    [InlineData("has no column left to learn from", "--drop", "0,1,2,3,4")]
    [InlineData("--columns names 2 columns; ", "--columns", "a,b")]
    [InlineData("No row is normal: column 'label' holds 'normal', 'scan', 'flood', and normal is: good.", "--normal", "good")]
    [InlineData("No row is an anomaly: ", "--normal", "normal", "--normal", "scan", "--normal", "flood")]
    [InlineData("'forest' is not one of: ", "--detector", "forest")]
    [InlineData("--fit-on: 'some' is not one of: normal, all.", "--fit-on", "some")]
    [InlineData("--split: 'file' is not one of: holdout, kfold, loo, time, oneclass, hash, group.", "--split", "file")]
    [InlineData("--split time needs --time COLUMN.", "--split", "time")]
    [InlineData("--split group needs --group COLUMN.", "--split", "group")]
    [InlineData("--group: column 'label' holds the labels", "--split", "group", "--group", "label")]
    [InlineData("--time: column 'label' holds the labels", "--split", "time", "--time", "5")]
    [InlineData("'tcp' in column 'proto' is no time.", "--split", "time", "--time", "proto")]
    [InlineData("--folds is for --split kfold.", "--folds", "3")]
    [InlineData("--folds is 1; allowed are 2 to 1000.", "--split", "kfold", "--folds", "1")]
    [InlineData("Leaving out each of 2500 rows takes as many fits", "--split", "loo")]
    [InlineData("--test-share is 1; it must be above 0 and below 1.", "--test-share", "1")]
    [InlineData("--split divides --data, and --test says what is tested", "--split", "holdout", "--test", "DATA")]
    [InlineData("--prepare: 'zscore' is not one of: default, standard, minmax, robust, none.", "--prepare", "zscore")]
    [InlineData("--encode: 'ordinal' is not one of: onehot, frequency.", "--encode", "ordinal")]
    [InlineData("--resample: 'twice' is not one of: none, under, over, smote.", "--resample", "twice")]
    [InlineData("--trim is 0.9; allowed are 0 to 0.5.", "--trim", "0.9")]
    [InlineData("--max-rows is 0; allowed are 1 to ", "--max-rows", "0")]
    [InlineData("--search: 'bayes' is not one of: random, grid.", "--search", "bayes")]
    [InlineData("--trials is for --search grid and --search random.", "--trials", "5")]
    [InlineData("'many'", "--seeds", "many")]
    [InlineData("--set depth=3: there is no option 'depth'. isolation-forest has trees (1 to 1000, whole)", "--set", "depth=3")]
    [InlineData("--out report.pdf: the ending must be one of: .html, .json, .md.", "--out", "report.pdf")]
    [InlineData("there is no folder", "--out", "nowhere/report.html")]
    [InlineData("Column 'when' has 2500 categories", "--categorical", "when")]
    [InlineData("Options cannot be chosen", "--split", "oneclass", "--search", "grid")]
    public async Task What_is_not_allowed_is_named_with_what_is(string words, params string[] more)
    {
        string[] usual = ["--data", "DATA", "--label", "label", "--detector", "isolation-forest"];
        var arguments = usual.Chunk(2).Where(pair => !more.Contains(pair[0])).SelectMany(pair => pair).Concat(more);

        var run = await CommandRun.Of(["evaluate", .. arguments.Select(argument => argument == "DATA" ? Data() : argument)]);

        run.IsRefused(words);
    }

    [Fact]
    public async Task Both_files_need_the_columns_that_are_learned_from()
    {
        var test = _folder.Write("test.csv", "when,host,proto,rate,label\n1,10.0.0.1,tcp,0.5,normal\n");

        var run = await CommandRun.Of("evaluate", "--data", Data(), "--test", test, "--label", "label", "--detector", "isolation-forest");

        run.IsRefused("test.csv' has no column 'bytes'. Its columns are: when, host, proto, rate, label.");
    }

    [Theory]
    [InlineData("kfold")]
    [InlineData("loo")]
    public async Task A_fold_that_does_not_suit_the_detector_is_refused_like_a_whole_set(string split)
    {
        var run = await CommandRun.Of("evaluate", "--data", OneAnomaly(), "--label", "label", "--detector", "logistic-regression", "--split", split);

        run.IsRefused("logistic-regression: ");
    }

    [Fact]
    public async Task Options_are_not_searched_where_a_fold_has_no_anomalies() =>
        (await CommandRun.Of(
            "evaluate", "--data", OneAnomaly(), "--label", "label", "--detector", "isolation-forest", "--split", "kfold", "--search", "grid")).IsRefused("Options cannot be chosen");

    [Fact]
    public async Task Of_the_whole_catalog_what_does_not_suit_a_fold_is_left_out_with_a_note()
    {
        var run = await CommandRun.Of("evaluate", "--data", OneAnomaly(), "--label", "label", "--detector", "all", "--split", "kfold", "--folds", "2");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("note: left out: logistic-regression: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("logistic-regression", run.Output, StringComparison.Ordinal);
        Assert.Contains("isolation-forest", run.Output, StringComparison.Ordinal);
    }

    // The fold that tests the anomaly has none to fit on.
    private string OneAnomaly() =>
        _folder.Write("one.csv", "bytes,label\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"{row * 7 % 23},{(row == 20 ? "scan" : "normal")}\n")));

    private string Data() => _folder.Write("data.csv", SomeTable.Header + SomeTable.Rows(2500));
}
