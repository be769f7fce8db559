using System.Globalization;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

public class CsvTests
{
    private const string Csv = "text/csv";
    private const string Header = "when,from,to,what,long\n";
    private const string Map = "start=when,src_ip=from,dst_ip=to,protocol=what,duration=long";
    private const string Row = "1713508200,10.0.0.1,10.0.0.2,tcp,2\n";

    [Theory]
    [InlineData("when,from,to\n1,2,3\n", null, "none of it is start, src_ip, dst_ip, protocol. It has: when, from, to.")]
    [InlineData("1713508200,10.0.0.1,10.0.0.2,tcp\n", null, "It has: 1713508200, 10.0.0.1, 10.0.0.2, tcp.")]
    [InlineData("ts,sa,da\n1,2,3\n", null, "none of it is protocol")]
    [InlineData("ts,sa,da,pr\n", "protocol=", "none of it is protocol")]
    [InlineData("\"ts,sa,da,pr\n", null, "The first line is no header")]
    [InlineData(Header, "start", "map: 'start' is not field=Column or field=Column:unit.")]
    [InlineData(Header, "begin=when", "map: 'begin' is not one of: start, end, duration")]
    [InlineData(Header, "start=when,start=long", "map: start stands twice.")]
    [InlineData(Header, "start=where", "map: there is no column 'where'. The header has: when, from, to, what, long.")]
    [InlineData(Header, "start=#6", "map: there is no column #6; the header has 5.")]
    [InlineData(Header, "src_ip=from:ms", "map: src_ip takes no unit 'ms'.")]
    [InlineData(Header, "duration=long:dmy", "map: duration takes no unit 'dmy'.")]
    [InlineData("a,a,b\n", "start=a", "map: the header has 2 columns 'a'; name the place instead, such as #1.")]
    public async Task A_body_that_cannot_be_understood_is_refused_with_what_is_missing(string body, string? map, string text)
    {
        var refusal = await Assert.ThrowsAsync<FlowFormatException>(() => ReadAsync(body, map));

        Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Map)]
    [InlineData("start=#1,src_ip=#2,dst_ip=#3,protocol=#4,duration=#5")]
    [InlineData(" start = When , src_ip=FROM,dst_ip=T_O,protocol=what,duration=long:s")]
    public async Task A_map_names_the_columns(string map)
    {
        using var flows = await ReadAsync(Header + Row, map);

        Assert.Equal("10.0.0.1", flows.Source[0].ToString());
        Assert.Equal(2_000_000, flows.DurationMicroseconds[0]);
    }

    [Theory]
    [InlineData("s", "1713508200.25", "2")]
    [InlineData("ms", "1713508200250", "2000")]
    [InlineData("us", "1713508200250000", "2e6")]
    [InlineData("ns", "1713508200250000000", "2000000000.4")]
    public async Task Units_are_said_by_the_map(string unit, string start, string duration)
    {
        using var flows = await ReadAsync($"{Header}{start},10.0.0.1,10.0.0.2,tcp,{duration}\n", $"{Map}:{unit}".Replace("when", $"when:{unit}", StringComparison.Ordinal));

        Assert.Equal(1_713_508_200_250_000, flows.StartMicroseconds[0]);
        Assert.Equal(2_000_000, flows.DurationMicroseconds[0]);
    }

    [Theory]
    [InlineData(":dmy", "4/5/2024 8:30", "2024-05-04T08:30:00")]
    [InlineData(":mdy", "4/5/2024 8:30", "2024-04-05T08:30:00")]
    [InlineData(":dmy", "04.05.2024 12:30:01.5 AM", "2024-05-04T00:30:01")]
    [InlineData(":dmy", "04-05-2024 12:30:01 pm", "2024-05-04T12:30:01")]
    [InlineData(":dmy", "2024-05-04 12:30:01", "2024-05-04T12:30:01")]
    [InlineData("", "2024-05-04T12:30:01+02:00", "2024-05-04T10:30:01")]
    [InlineData("", "2024/05/04 12:30:01", "2024-05-04T12:30:01")]
    public async Task Dates_are_read_as_the_map_says(string unit, string text, string utc)
    {
        using var flows = await ReadAsync($"{Header}{text},10.0.0.1,10.0.0.2,tcp,\n", Map.Replace("when", "when" + unit, StringComparison.Ordinal));

        Assert.Equal(utc, FlowTime.FromMicroseconds(flows.StartMicroseconds[0]).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("", "4/5/2024 8:30", "nobody can say which is the day")]
    [InlineData("", "13/5/2024 8:30", "nobody can say which is the day")]
    [InlineData(":mdy", "13/5/2024 8:30", "is not a time")]
    [InlineData(":dmy", "13/5/2024 13:30 PM", "is not a time")]
    [InlineData(":dmy", "13/5-2024 13:30", "is not a time")]
    [InlineData(":dmy", "13/5/24 13:30", "is not a time")]
    [InlineData(":ms", "today", "is not a number of milliseconds")]
    [InlineData(":ms", "99999999999999999999", "is not between the years 1970 and 2200")]
    [InlineData("", "1713508200250", "is not between the years 1970 and 2200")]
    [InlineData("", "", "when is missing")]
    [InlineData("", "-", "when is missing")]
    public async Task A_time_that_is_not_certain_rejects_its_line(string unit, string text, string reason)
    {
        var target = await FlowBodies.ReadAsync(
            Csv, System.Text.Encoding.UTF8.GetBytes($"{Header}{text},10.0.0.1,10.0.0.2,tcp,1\n"), columnMap: Map.Replace("when", "when" + unit, StringComparison.Ordinal));
        using var batch = target.Batch;

        Assert.Contains(reason, Assert.Single(target.Rejections).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_columns_for_one_field_the_better_known_is_read_and_the_map_has_the_last_word()
    {
        const string body = "ts,sa,da,pr,orig_bytes,orig_ip_bytes,td\n1,10.0.0.1,10.0.0.2,6,100,140,5\n";
        using var known = await ReadAsync(body, null);
        using var mapped = await ReadAsync(body, "fwd_bytes=orig_bytes,duration=");

        Assert.Equal((140, 5_000_000), (known.ForwardBytes[0], known.DurationMicroseconds[0]));
        Assert.Equal((100, -1), (mapped.ForwardBytes[0], mapped.DurationMicroseconds[0]));
    }

    [Fact]
    public async Task Without_a_duration_the_end_gives_it()
    {
        using var flows = await ReadAsync("stime,ltime,saddr,daddr,proto\n10,12.5,10.0.0.1,10.0.0.2,udp\n", null);

        Assert.Equal(2_500_000, flows.DurationMicroseconds[0]);
    }

    [Theory]
    [InlineData("a,\"b\"\"c, d\",e", "b\"c, d")]
    [InlineData("a, \"b\" ,e", "b")]
    [InlineData("a,\"\",e", "")]
    [InlineData("a,b\"c,e", "b\"c")]
    public void Quotes_are_read_as_RFC_4180_has_them(string line, string second)
    {
        var fields = new AnomalyApi.Flows.Formats.Delimited.DelimitedLine();
        var bytes = System.Text.Encoding.UTF8.GetBytes(line);

        Assert.Null(fields.Split(bytes, (byte)',', quotes: true));
        Assert.Equal(3, fields.Count);
        Assert.Equal(second, System.Text.Encoding.UTF8.GetString(fields.Field(bytes, 1)));
        Assert.Equal("e", System.Text.Encoding.UTF8.GetString(fields.Field(bytes, 2)));
    }

    [Fact]
    public async Task A_label_in_Windows_1252_is_read()
    {
        byte[] body = [.. "ts,sa,da,pr,label\n1,10.0.0.1,10.0.0.2,6,Web Attack "u8, 0x96, .. " XSS\n"u8];
        var target = await FlowBodies.ReadAsync(Csv, body);
        using var batch = target.Batch;

        Assert.Equal("Web Attack – XSS", Assert.Single(batch.Label.ToArray()));
    }

    [Fact]
    public async Task The_summary_of_nfdump_is_passed_over()
    {
        var target = await FlowBodies.ReadAsync(Csv, "ts,sa,da,pr\n1,10.0.0.1,10.0.0.2,UDP\nSummary\nflows,bytes,packets\n1,60,1\n");
        using var batch = target.Batch;

        Assert.Equal((1, 0, 3), (batch.Count, target.RejectedCount, target.Skipped["summary"]));
    }

    [Fact]
    public async Task A_header_alone_is_a_quiet_hour()
    {
        var target = await FlowBodies.ReadAsync(Csv, "ts,sa,da,pr\n");
        using var batch = target.Batch;

        Assert.True(target.IsMeantEmpty);
    }

    private static async Task<FlowBatch> ReadAsync(string body, string? map)
    {
        var target = await FlowBodies.ReadAsync(Csv, System.Text.Encoding.UTF8.GetBytes(body), columnMap: map);
        Assert.Empty(target.Rejections);
        return target.Batch;
    }
}
