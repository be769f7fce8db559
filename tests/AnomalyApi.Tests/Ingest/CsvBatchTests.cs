using System.Net;

namespace AnomalyApi.Tests.Ingest;

/// <summary>The query parameter <c>map</c>, through HTTP.</summary>
public sealed class CsvBatchTests(SharedService shared) : IClassFixture<SharedService>
{
    private static readonly byte[] Body = "begin,client,server,l4\n1785830400250,10.0.0.5,192.0.2.80,tcp\n"u8.ToArray();

    [Fact]
    public async Task A_map_names_the_columns()
    {
        using var answer = await PostAsync("text/csv", "?map=start=begin:ms,src_ip=client,dst_ip=server,protocol=l4");
        var result = await TestService.JsonAsync(answer, HttpStatusCode.OK);

        Assert.Equal(1, result.GetProperty("accepted").GetInt32());
        Assert.Equal("csv", result.GetProperty("format").GetString());
    }

    [Fact]
    public async Task Without_it_the_answer_says_what_is_missing()
    {
        using var answer = await PostAsync("text/csv", "");

        Assert.Contains("none of it is start, src_ip, dst_ip, protocol. It has: begin, client, server, l4.",
            await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "unreadable-body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_refused_for_other_formats()
    {
        using var answer = await PostAsync("application/x-ndjson", "?map=start=begin");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("names the columns of text/csv", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string contentType, string query) =>
        shared.Service.PostAsync(Body, contentType, "/v1/flows" + query);
}
