using System.Globalization;
using System.Text;
using AnomalyApi.Cli.Csv;

namespace AnomalyApi.Cli.Tests.Csv;

public sealed class CsvCellTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-17", -17)]
    [InlineData("+3", 3)]
    [InlineData("0.25", 0.25)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e-3", 0.001)]
    [InlineData("123456789012345", 123456789012345)]
    [InlineData("1234567890123456", 1234567890123456)]
    [InlineData("0.1234567890123456", 0.1234567890123456)]
    [InlineData("0.00000000000000001", 1e-17)]
    public void A_number_is_read_as_the_framework_reads_it(string cell, double expected)
    {
        Assert.Equal(CellKind.Number, CsvCell.Read(Encoding.UTF8.GetBytes(cell), out var number));
        Assert.Equal((float)expected, number);
    }

    [Fact]
    public void Numbers_of_every_length_are_read_exactly()
    {
        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            var text = (random.NextDouble() * Math.Pow(10, random.Next(-3, 9))).ToString("F" + random.Next(0, 12), CultureInfo.InvariantCulture);
            CsvCell.Read(Encoding.UTF8.GetBytes(text), out var number);
            Assert.Equal((float)double.Parse(text, CultureInfo.InvariantCulture), number);
        }
    }

    [Theory]
    [InlineData("", nameof(CellKind.Missing))]
    [InlineData("NaN", nameof(CellKind.Missing))]
    [InlineData("nan", nameof(CellKind.Missing))]
    [InlineData("NA", nameof(CellKind.Missing))]
    [InlineData("N/A", nameof(CellKind.Missing))]
    [InlineData("null", nameof(CellKind.Missing))]
    [InlineData("?", nameof(CellKind.Missing))]
    [InlineData("-", nameof(CellKind.Dash))]
    [InlineData("Infinity", nameof(CellKind.Infinite))]
    [InlineData("-Infinity", nameof(CellKind.Infinite))]
    [InlineData("inf", nameof(CellKind.Infinite))]
    [InlineData("1e60", nameof(CellKind.Infinite))]
    [InlineData("tcp", nameof(CellKind.Text))]
    [InlineData("1.2.3", nameof(CellKind.Text))]
    [InlineData("--5", nameof(CellKind.Text))]
    [InlineData(".", nameof(CellKind.Text))]
    [InlineData("0x000b", nameof(CellKind.Text))]
    public void What_is_no_number_is_told_apart(string cell, string expected)
    {
        Assert.Equal(expected, CsvCell.Read(Encoding.UTF8.GetBytes(cell), out var number).ToString());
        Assert.True(float.IsNaN(number));
    }

    [Fact]
    public void Text_is_utf8_and_otherwise_windows_1252()
    {
        Assert.Equal("é", CsvCell.Text("é"u8));
        Assert.Equal("Web Attack – XSS", CsvCell.Text("Web Attack \u0096 XSS"u8.ToArray().Where(value => value != 0xC2).ToArray()));
    }
}
