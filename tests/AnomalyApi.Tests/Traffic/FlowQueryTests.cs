using System.Net;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Traffic;

public sealed class FlowQueryTests(PostgresServer postgres)
{
    // Each flow is told from the others by its label.
    private static readonly FlowRecord[] Stored =
    [
        Some.Flow(source: "10.0.0.5", destination: "192.0.2.7", sensor: "east", label: "a"),
        Some.Flow(source: "10.0.1.9", destination: "10.0.0.5", destinationPort: 22, sensor: "west", label: "b", start: Some.Start.AddMinutes(1)),
        Some.Flow(source: "172.16.3.4", destination: "192.0.2.200", sourcePort: 53, destinationPort: 40_000, protocol: 17, sensor: "east", label: "c", start: Some.Start.AddMinutes(2)),
        Some.Flow(source: "2001:db8::1", destination: "2001:db8:1::2", protocol: 58, sourcePort: 128, destinationPort: 0, sensor: "west", label: "d", start: Some.Start.AddMinutes(3)),
        Some.Flow(source: "fe80::9", destination: "2001:db8::1", protocol: 132, sensor: null, label: "e", start: Some.Start.AddMinutes(4)),
    ];

    public static TheoryData<string, string> Filters => new()
    {
        { "", "abcde" },
        { "from=2024-04-19T08:32:00Z", "cde" },
        { "to=2024-04-19T08:32:00Z", "ab" },
        { "from=2024-04-19T10:31:00%2B02:00&to=2024-04-19T10:33:00+02:00", "bc" },
        { "from=2024-04-20", "" },
        { "min_score=10", "" },
        { "address=10.0.0.5", "ab" },
        { "address=10.0.0.0/16", "ab" },
        { "address=192.0.2.128/25", "c" },
        { "address=0.0.0.0/0", "abc" },
        { "address=2001:db8::1", "de" },
        { "address=2001:db8::/32", "de" },
        { "address=2001:db8:1::/48", "d" },
        { "address=fe80::/10", "e" },
        { "port=22", "b" },
        { "port=53", "c" },
        { "port=443", "ae" },
        { "protocol=udp", "c" },
        { "protocol=17", "c" },
        { "protocol=icmp6", "d" },
        { "protocol=sctp", "e" },
        { "sensor=east", "ac" },
        { "sensor=nobody", "" },
        { "model=1", "" },
        { "order=newest", "edcba" },
        { "limit=2", "ab" },
        { "order=newest&limit=2", "ed" },
        { "sensor=west&protocol=tcp&address=10.0.0.0/8&port=22", "b" },
    };

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Every_filter_finds_what_it_says(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await PostAsync(service, Stored);
        await SettledAsync(service, Stored.Length);
        foreach (var (query, expected) in Filters.Select(row => row.Data))
        {
            var page = await service.GetAsync("/v1/flows?" + query);
            var found = string.Concat(page.List("items").Select(flow => flow.Text("label")));
            Assert.True(expected == found, $"{query} found '{found}' instead of '{expected}'");
        }
    }

    [Theory]
    [InlineData("from=yesterday", "from", "RFC 3339")]
    [InlineData("to=2024-13-01", "to", "RFC 3339")]
    [InlineData("from=2024-04-20&to=2024-04-19", "from", "before 'to'")]
    [InlineData("min_score=101", "min_score", "0 to 100")]
    [InlineData("min_score=NaN", "min_score", "0 to 100")]
    [InlineData("address=10.0.0", "address", "IPv4 or IPv6")]
    [InlineData("address=10.0.0.0/33", "address", "0 to 32")]
    [InlineData("address=fe80::1%25eth0", "address", "zone")]
    [InlineData("port=65536", "port", "0 to 65535")]
    [InlineData("port=-1", "port", "0 to 65535")]
    [InlineData("protocol=quic", "protocol", "0 to 255")]
    [InlineData("protocol=256", "protocol", "0 to 255")]
    [InlineData("sensor=a%00b", "sensor", "control characters")]
    [InlineData("model=0", "model", "1 to")]
    [InlineData("order=random", "order", "oldest, newest")]
    [InlineData("limit=0", "limit", "1 to 1000")]
    [InlineData("limit=1001", "limit", "1 to 1000")]
    [InlineData("cursor=here", "cursor", "'next' of an earlier answer")]
    [InlineData("cursor=-1-2", "cursor", "'next' of an earlier answer")]
    public async Task A_value_that_is_not_allowed_is_named_with_what_is(string query, string parameter, string allowed)
    {
        await using var service = await TestService.StartAsync();
        foreach (var path in new[] { "/v1/flows?", "/v1/anomalies?" })
        {
            using var answer = await service.Admin.GetAsync(path + query);
            var detail = await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter");
            Assert.StartsWith(parameter + ":", detail, StringComparison.Ordinal);
            Assert.Contains(allowed, detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task All_faults_of_a_query_are_named_at_once()
    {
        await using var service = await TestService.StartAsync();
        using var answer = await service.Admin.GetAsync("/v1/flows?limit=0&order=up&port=x&address=y");
        var problem = await TestService.JsonAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(["address", "limit", "order", "port"], problem.At("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Pages_in_both_orders_show_every_flow_once(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        for (var batch = 0; batch < 5; batch++)
        {
            using var answer = await service.PostAsync(OfficeTraffic.Ndjson(40, seed: (ulong)batch));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await SettledAsync(service, 200);
        var oldest = await PagesAsync(service, "/v1/flows?limit=7");
        var newest = await PagesAsync(service, "/v1/flows?limit=7&order=newest");
        Assert.Equal(200, oldest.Distinct().Count());
        Assert.Equal(oldest, newest.AsEnumerable().Reverse());

        // Exactly full pages, too, must come to an end.
        Assert.Equal(newest, await PagesAsync(service, "/v1/flows?limit=100&order=newest"));
    }

    private static async Task<List<long>> PagesAsync(TestService service, string path)
    {
        var ids = new List<long>();
        string? cursor = null;
        while (true)
        {
            var page = await service.GetAsync(path + (cursor is null ? "" : "&cursor=" + cursor));
            ids.AddRange(page.List("items").Select(flow => flow.Number("id")));
            if (page.List("items").Count == 0 || !page.TryGetProperty("next", out var next))
            {
                return ids;
            }

            cursor = next.GetString();
        }
    }

    private static async Task PostAsync(TestService service, IEnumerable<FlowRecord> flows)
    {
        using var answer = await service.PostAsync(NativeFlowJson.ToNdjson(flows));
        await TestService.JsonAsync(answer, HttpStatusCode.OK);
    }

    // On PostgreSQL a row is handed out when no older transaction runs any more, anywhere in the cluster that the tests share.
    private static Task SettledAsync(TestService service, int flows) => TestService.UntilAsync(
        async () => (await service.GetAsync("/v1/flows?limit=1000")).List("items").Count == flows, $"{flows} flows in the list");
}
