using System.Net;
using System.Text.Json;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Ingest;

public sealed class FlowsTests(PostgresServer postgres)
{
    private const string Good = """{"start":1785830400.25,"src_ip":"10.0.0.5","dst_ip":"192.0.2.80","protocol":"tcp","dst_port":443}""";

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Accepted_flows_can_be_read_back_as_they_were_sent(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        using var answer = await service.PostAsync(TestService.Utf8(Good + "\n"));
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal(1, batch.GetProperty("accepted").GetInt32());
        Assert.Equal("collecting", batch.GetProperty("learning_status").GetProperty("state").GetString());

        var flow = Assert.Single((await service.GetAsync("/v1/flows")).GetProperty("items").EnumerateArray());
        Assert.Equal("10.0.0.5", flow.GetProperty("src_ip").GetString());
        Assert.Equal(443, flow.GetProperty("dst_port").GetInt32());
        Assert.Equal("tcp", flow.GetProperty("protocol").GetString());
        Assert.Equal("outbound", flow.GetProperty("direction").GetString());
        Assert.Equal(JsonValueKind.Null, flow.GetProperty("score").ValueKind);
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task The_first_model_comes_by_itself_and_scores_what_was_stored_before(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        using var answer = await service.PostAsync(OfficeTraffic.Ndjson(50, seed: 2), path: "/v1/flows?scores=all");
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal("1", answer.Headers.GetValues("Model-Version").Single());
        Assert.Equal(50, batch.GetProperty("scores").GetArrayLength());
    }
}
