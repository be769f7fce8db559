using System.Globalization;
using System.Text;
using AnomalyApi.Flows.Formats.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AnomalyApi.Flows.Tests.Formats;

public class TextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1713484795.943239", 1_713_484_795_943_239)]
    [InlineData("0.0000005", 1)]
    [InlineData("0.0000004", 0)]
    [InlineData("0.9999999", 1_000_000)]
    [InlineData("-1.5", -1_500_000)]
    [InlineData("9.05990600585937e-06", 9)]
    [InlineData("1.5E3", 1_500_000_000)]
    [InlineData(".5", 500_000)]
    public void Seconds_are_read_to_the_microsecond(string text, long microseconds)
    {
        Assert.True(SecondsText.TryParse(Encoding.ASCII.GetBytes(text), out var read));
        Assert.Equal(microseconds, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1s")]
    [InlineData("1e")]
    [InlineData("+1")]
    [InlineData("NaN")]
    [InlineData("1,5")]
    public void What_is_no_number_of_seconds_is_refused(string text) => Assert.False(SecondsText.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("99999999999999999999999999")]
    [InlineData("1e300")]
    [InlineData("1e999")]
    [InlineData("99999999999999999999999999.5")]
    public void Numbers_without_end_stay_beyond_every_limit(string text)
    {
        Assert.True(SecondsText.TryParse(Encoding.ASCII.GetBytes(text), out var read));
        Assert.True(read > FlowTime.Latest);
    }

    [Theory]
    [InlineData("2024-04-19T08:30:00Z", "2024-04-19T08:30:00.000000Z")]
    [InlineData("2024-04-19t08:30:00.123456789z", "2024-04-19T08:30:00.123456Z")]
    [InlineData("2024-04-19 08:30:00.5+02:00", "2024-04-19T06:30:00.500000Z")]
    [InlineData("2019-05-28T23:32:29.025256+0200", "2019-05-28T21:32:29.025256Z")]
    [InlineData("2024-02-29T23:59:59-23:59", "2024-03-01T23:58:59.000000Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z")]
    public void Times_of_RFC_3339_are_read(string text, string utc)
    {
        Assert.True(Rfc3339.TryParse(Encoding.ASCII.GetBytes(text), out var read, out _));
        Assert.Equal(utc, FlowTime.FromMicroseconds(read).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024-04-19")]
    [InlineData("2024-02-30T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("2024-04-19T24:00:00Z")]
    [InlineData("2024-04-19T08:30:00.Z")]
    [InlineData("2024-04-19T08:30:00+24:00")]
    [InlineData("2024-04-19T08:30:00+2:00")]
    [InlineData("2024-04-19T08:30:00Zulu")]
    [InlineData("2024-13-19T08:30:00Z")]
    [InlineData("19.04.2024 08:30:00 Z")]
    public void What_is_no_time_is_refused(string text) => Assert.False(Rfc3339.TryParse(Encoding.ASCII.GetBytes(text), out _, out _));

    [Fact]
    public void A_time_without_offset_is_told_from_nonsense()
    {
        Assert.False(Rfc3339.TryParse("2024-04-19T08:30:00.5"u8, out _, out var missing));
        Assert.True(missing);
        Assert.False(Rfc3339.TryParse("2024-04-19T08:30:00?"u8, out _, out missing));
        Assert.False(missing);
    }

    [Fact]
    public void No_text_breaks_a_reader() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            _ = SecondsText.TryParse(bytes, out _);
            _ = Rfc3339.TryParse(bytes, out _, out _);
            Utf8StringPool.Get(bytes);
            return TextQuote.Of(bytes).Length <= TextQuote.Longest + 3;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_name_is_the_same_string()
    {
        Assert.Same(Utf8StringPool.Get("a-service"u8), Utf8StringPool.Get("a-service"u8));
        Assert.Equal("ü", Utf8StringPool.Get("ü"u8));
        Assert.Equal("", Utf8StringPool.Get(""u8));
    }

    [Fact]
    public void A_million_names_leave_the_pool_right()
    {
        for (var i = 0; i < 1_000_000; i += 7)
        {
            var name = $"name-{i}";
            Assert.Equal(name, Utf8StringPool.Get(Encoding.ASCII.GetBytes(name)));
        }
    }

    [Fact]
    public void A_name_that_comes_again_is_not_allocated_again()
    {
        Utf8StringPool.Get("dns"u8);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Utf8StringPool.Get("dns"u8);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_name_table_finds_its_names_and_no_others()
    {
        string[] names = ["start", "trats", "src_ip", "dst_ip", "x"];
        var table = new Utf8NameTable(names);

        for (var i = 0; i < names.Length; i++)
        {
            Assert.Equal(i, table.Find(Encoding.UTF8.GetBytes(names[i])));
        }

        Assert.Equal(-1, table.Find("srt_ip"u8));
        Assert.Equal(-1, table.Find(""u8));
    }
}
