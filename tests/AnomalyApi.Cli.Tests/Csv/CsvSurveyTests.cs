using System.Text;
using AnomalyApi.Cli.Csv;
using AnomalyApi.Detection.Preprocessing;

namespace AnomalyApi.Cli.Tests.Csv;

public sealed class CsvSurveyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_header_names_the_columns()
    {
        var survey = Survey("proto, bytes ,label\ntcp,12,0\nudp,7,1\n");

        Assert.Equal(["proto", "bytes", "label"], Names(survey));
        Assert.Equal(2, survey.RowCount);
        Assert.Equal([ColumnKind.Categorical, ColumnKind.Numeric, ColumnKind.Numeric], survey.Columns.Select(column => column.Kind));
    }

    [Fact]
    public void Without_a_header_columns_are_numbered_or_named_by_hand()
    {
        Assert.Equal(["c0", "c1", "c2"], Names(Survey("tcp,12,normal\nudp,7,neptune\n")));
        Assert.Equal(["proto", "bytes", "label"], Names(Survey("tcp,12,normal\nudp,7,neptune\n", "proto", "bytes", "label")));
    }

    [Fact]
    public void Of_texts_alone_the_first_row_is_a_header_when_it_does_not_turn_up_again()
    {
        Assert.True(Survey("proto,state\ntcp,SF\nudp,S0\n").HasHeader);
        Assert.False(Survey("tcp,SF\nudp,S0\ntcp,S0\n").HasHeader);
    }

    [Fact]
    public void A_byte_order_mark_crlf_and_no_last_line_break_do_not_matter()
    {
        var survey = Survey("\uFEFFa,b\r\n1,2\r\n3,4");

        Assert.Equal(["a", "b"], Names(survey));
        Assert.Equal(2, survey.RowCount);
    }

    [Theory]
    [InlineData(";")]
    [InlineData("\t")]
    [InlineData("|")]
    public void The_separator_is_recognised(string separator) =>
        Assert.Equal(["a", "b", "c"], Names(Survey("a,b,c\n1,2,x\n3,4,y\n".Replace(",", separator, StringComparison.Ordinal))));

    [Fact]
    public void Quoted_cells_may_hold_separators_quotes_and_line_breaks()
    {
        var survey = Survey("a,b\n\"1\",\"x, \"\"y\"\"\nz\"\n2,w\n");

        Assert.Equal(2, survey.RowCount);
        Assert.Equal(["x, \"y\"\nz", "w"], survey.Columns[1].Examples);
        Assert.Equal(ColumnKind.Numeric, survey.Columns[0].Kind);
    }

    [Fact]
    public void Gzip_is_recognised_by_content() =>
        Assert.Equal(1, CsvSurvey.Of(new CsvFile(_folder.WriteGzip("rows.txt", "a,b\n1,2\n")), default).RowCount);

    [Fact]
    public void A_column_name_that_comes_twice_gets_a_number_and_a_note()
    {
        var survey = Survey("n,n,,n\n1,2,3,4\n");

        Assert.Equal(["n", "n_2", "c2", "n_3"], Names(survey));
        Assert.Equal(2, survey.Notes.Count);
        Assert.Contains("'n_2'", survey.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_mostly_numeric_column_stays_numeric_and_a_mixed_one_is_categorical()
    {
        var rows = new StringBuilder("few,mixed,dashes,service\n");
        for (var row = 0; row < 200; row++)
            rows.Append(row == 5 ? "0x0b" : "1").Append(row % 10 == 0 ? ",x" : ",7").Append(row % 2 == 0 ? ",-" : ",3").Append(row % 2 == 0 ? ",-\n" : ",dns\n");

        var survey = Survey(rows.ToString());

        Assert.Equal(
            [ColumnKind.Numeric, ColumnKind.Categorical, ColumnKind.Numeric, ColumnKind.Categorical], survey.Columns.Select(column => column.Kind));
        Assert.Equal(1, survey.Columns[0].Texts);
    }

    [Fact]
    public void Few_rows_of_another_width_are_left_out_with_a_note()
    {
        var rows = new StringBuilder("a,b\n");
        for (var row = 0; row < 500; row++)
            rows.Append(row == 9 ? "1,2,3\n" : "1,2\n");

        var survey = Survey(rows.ToString());

        Assert.Equal(499, survey.RowCount);
        Assert.Equal("1 rows are not 2 cells wide and are left out; the first is line 11", Assert.Single(survey.Notes));
    }

    [Fact]
    public void Many_rows_of_another_width_are_refused()
    {
        var fault = Assert.Throws<CommandException>(() => Survey("a,b\n1,2\n1,2,3\n"));
        Assert.Contains("line 3 has 3 cells", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a,b\n", "has no rows")]
    [InlineData("a,b\n1,2\n\"3,4\n5,6\n", "line 3 opens a quote that is never closed")]
    public void What_is_no_table_is_refused(string text, string words) =>
        Assert.Contains(words, Assert.Throws<CommandException>(() => Survey(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Files_that_cannot_be_read_are_refused()
    {
        Assert.Contains("There is no file", Fault(_folder["missing.csv"]), StringComparison.Ordinal);
        Assert.Contains("is a folder", Fault(Path.GetTempPath()), StringComparison.Ordinal);

        var whole = File.ReadAllBytes(_folder.WriteGzip("whole.gz", string.Concat(Enumerable.Range(0, 9999).Select(row => $"{row},{row * 7}\n"))));
        Assert.Contains("cannot be read", Fault(_folder.Write("cut.gz", whole[..^20])), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Fault(_folder.Write("long.csv", "a,b\n1,\"" + new string('x', 3 << 20))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_is_found_by_name_or_number()
    {
        var survey = Survey("A,b,2\n1,2,3\n", "A", "b", "2");

        Assert.Equal(0, survey.Find("A"));
        Assert.Equal(0, survey.Find("a"));
        Assert.Equal(2, survey.Find("2"));
        Assert.Equal(1, survey.Find("1"));
        Assert.Equal(2, survey.Find("-1"));
        Assert.Contains("has no column 'x'. Its columns are: A, b, 2", Assert.Throws<CommandException>(() => survey.Find("x")).Message, StringComparison.Ordinal);
    }

    private static string Fault(string path) => Assert.Throws<CommandException>(() => CsvSurvey.Of(new CsvFile(path), default)).Message;

    private static IEnumerable<string> Names(CsvSurvey survey) => survey.Columns.Select(column => column.Name);

    private CsvSurvey Survey(string text, params string[] columns) =>
        CsvSurvey.Of(new CsvFile(_folder.Write("data.csv", text), columns.Length == 0 ? null : columns), default);
}
