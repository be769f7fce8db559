using System.Text;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Testing;

namespace AnomalyApi.Flows.Tests.Formats;

public class GoldenTests
{
    public static TheoryData<string, string> Files() => Samples.All();

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_sample_gives_what_stands_beside_it(string format, string file)
    {
        var target = await FlowBodies.ReadAsync(Samples.MediaTypeOf(format), Samples.Read(format, file), sensor: "default");
        using var batch = target.Batch;

        Assert.Equal(Encoding.UTF8.GetString(Samples.Read(format, file + Samples.ExpectedEnding)), Show(target));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_sample_is_recognised_by_its_first_bytes(string format, string file) =>
        Assert.Equal(format, FlowFormatCatalog.Recognize(Samples.Read(format, file).AsSpan()[..Math.Min(FlowFormatCatalog.HeadBytes, Samples.Read(format, file).Length)])?.Name);

    [Fact]
    public void Every_format_has_a_sample() => Assert.All(FlowFormatCatalog.All, format => Assert.NotEmpty(Samples.FilesOf(format)));

    // Each flow as native JSON behind its line, then each rejection, then what was skipped.
    private static string Show(FlowReadTarget target)
    {
        var text = new StringBuilder();
        for (var i = 0; i < target.Batch.Count; i++)
        {
            text.Append(target.Batch.Line[i]).Append(": ").Append(NativeFlowJson.ToJson(target.Batch.Record(i))).Append('\n');
        }

        foreach (var rejection in target.Rejections)
        {
            text.Append(rejection.Line).Append(": ").Append(rejection.Reason).Append('\n');
        }

        foreach (var (kind, count) in target.Skipped.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append("skipped ").Append(kind).Append(": ").Append(count).Append('\n');
        }

        return text.ToString();
    }
}
