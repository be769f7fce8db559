using System.Globalization;
using System.Net;
using System.Text.Json;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Anomalies;

public sealed class AnomalyQueryTests(PostgresServer postgres)
{
    // Uploads of half a gigabyte on odd ports: nothing of the kind is in the traffic that is learned. Told apart by their labels.
    private static readonly FlowRecord[] Odd =
    [
        Upload("10.20.1.11", "203.0.113.77", 6_001, "a", sensor: "east"),
        Upload("10.20.1.12", "203.0.113.78", 6_002, "b", sensor: "west", protocol: 132),
        Upload("2001:db8::1", "2001:db8:1::2", 6_003, "c", sensor: "east"),
        Upload("2001:db8::2", "203.0.113.77", 6_001, "d", sensor: "west"),
    ];

    // At this threshold the odd flows are anomalies whatever the forest makes of 2,000 flows, and so is every tenth ordinary one.
    private static readonly (string, string) LowThreshold = ("Scoring:Threshold", "10");

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Every_filter_finds_what_it_says(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres, LowThreshold);
        await service.LearnAsync();
        await PostAsync(service, Odd[..2]);
        await service.TrainAsync(new { seed = 2 });
        await PostAsync(service, Odd[2..]);
        var all = await SettledAsync(service, Odd.Length);
        var secondBatch = all.First(anomaly => Label(anomaly) == "c").At("detected_at").GetDateTime();
        var split = secondBatch.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        foreach (var (query, expected) in new[]
        {
            ("address=10.20.1.11", "a"), ("address=203.0.113.77", "ad"), ("address=203.0.113.0/24", "abd"), ("address=2001:db8::/32", "cd"),
            ("address=2001:db8:1::/48", "c"), ("port=6001", "ad"), ("port=6003", "c"), ("protocol=sctp", "b"), ("protocol=132", "b"),
            ("sensor=east", "ac"), ("model=1", "ab"), ("model=2", "cd"), ($"from={split}", "cd"), ($"to={split}", "ab"),
            ("status=new", "abcd"), ("status=closed", ""), ("order=newest", "dcba"), ("sensor=west&port=6001", "d"),
        })
        {
            var page = await service.GetAsync("/v1/anomalies?limit=1000&" + query);
            var found = string.Concat(page.List("items").Select(Label).Where(label => label?.Length == 1));
            Assert.True(expected == found, $"{query} found '{found}' instead of '{expected}'");
        }
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Least_score_and_least_severity_cut_where_they_say(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres, ("Scoring:Threshold", "10"), ("Scoring:SeverityLow", "10"), ("Scoring:SeverityMedium", "15"), ("Scoring:SeverityHigh", "20"), ("Scoring:SeverityCritical", "25"));
        await service.LearnAsync();
        await PostAsync(service, Odd);
        var all = await SettledAsync(service, Odd.Length);
        string[] severities = ["low", "medium", "high", "critical"];
        Assert.All(all, anomaly => Assert.Equal(severities[Math.Min(3, ((int)anomaly.Real("score") - 10) / 5)], anomaly.Text("severity")));
        for (var least = 0; least < severities.Length; least++)
        {
            var page = await service.GetAsync("/v1/anomalies?limit=1000&severity=" + severities[least]);
            Assert.Equal(all.Count(anomaly => Array.IndexOf(severities, anomaly.Text("severity")) >= least), page.List("items").Count);
        }

        var middle = all.Select(anomaly => anomaly.Real("score")).Order().ElementAt(all.Count / 2);
        var found = await service.GetAsync("/v1/anomalies?limit=1000&min_score=" + middle.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(all.Count(anomaly => anomaly.Real("score") >= middle), found.List("items").Count);
    }

    [Theory]
    [InlineData("severity=terrible", "low, medium, high, critical")]
    [InlineData("status=%00", "control characters")]
    public async Task A_value_that_is_not_allowed_is_named_with_what_is(string query, string allowed)
    {
        await using var service = await TestService.StartAsync();
        using var answer = await service.Admin.GetAsync("/v1/anomalies?" + query);
        Assert.Contains(allowed, await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Pages_in_both_orders_show_every_anomaly_once(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres, LowThreshold);
        await service.LearnAsync();
        var all = (await service.GetAsync("/v1/anomalies?limit=1000")).List("items").Select(anomaly => anomaly.Number("id")).ToList();
        Assert.InRange(all.Count, 100, 400);
        Assert.Equal(all, await PagesAsync(service, "/v1/anomalies?limit=7"));
        Assert.Equal(all.AsEnumerable().Reverse(), await PagesAsync(service, "/v1/anomalies?limit=7&order=newest"));
    }

    [Fact]
    public async Task An_explanation_names_five_features_with_their_typical_ranges_and_shares()
    {
        await using var service = await TestService.StartAsync("sqlite", null, LowThreshold);
        await service.LearnAsync();
        var batch = await PostAsync(service, Odd[..1]);
        var id = Assert.Single(batch.List("anomalies")).Number("id");

        var anomaly = await service.GetAsync($"/v1/anomalies/{id}");
        Assert.Equal("10.20.1.11", anomaly.Text("flow", "src_ip"));
        Assert.Equal(batch.List("anomalies")[0].Real("score"), anomaly.Real("score"));
        Assert.Equal(anomaly.Real("score"), Math.Min(100, -10 * Math.Log10(anomaly.Real("p_value"))), 0.01);
        Assert.Equal((10, 1), (anomaly.Number("threshold"), anomaly.Number("model_version")));
        Assert.Equal("new", anomaly.Text("status"));

        var drivers = anomaly.List("explanation", "drivers");
        Assert.Equal(5, drivers.Select(driver => driver.Text("feature")).Distinct().Count());
        Assert.Equal(1, drivers.Sum(driver => driver.Real("share")), 0.001);
        Assert.Equal(drivers.Select(driver => driver.Real("share")).OrderDescending(), drivers.Select(driver => driver.Real("share")));
        Assert.All(drivers, driver => Assert.True(driver.Real("typical_low") <= driver.Real("typical_high")));
        var bytes = drivers.Single(driver => driver.Text("feature") == "log_fwd_bytes");
        Assert.True(bytes.Real("value") > bytes.Real("typical_high"), bytes.ToString());
        Assert.StartsWith("Mostly " + drivers[0].Text("feature"), anomaly.Text("explanation", "summary"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_anomaly_that_is_not_there_is_not_found()
    {
        await using var service = await TestService.StartAsync();
        using var answer = await service.Admin.GetAsync("/v1/anomalies/12345");
        Assert.Contains("12345", await TestService.ProblemAsync(answer, HttpStatusCode.NotFound, "not-found"), StringComparison.Ordinal);
    }

    private static FlowRecord Upload(string source, string destination, int port, string label, string sensor, byte protocol = 6) => Some.Flow(
        source: source, destination: destination, destinationPort: port, protocol: protocol, sensor: sensor, label: label, service: null,
        forwardBytes: 500_000_000, reverseBytes: 500_000, forwardPackets: 360_000, reversePackets: 8_000, duration: 3_000, state: ConnectionState.S1);

    private static string? Label(JsonElement anomaly) => anomaly.At("flow").TryGetProperty("label", out var label) ? label.GetString() : null;

    private static async Task<JsonElement> PostAsync(TestService service, IReadOnlyList<FlowRecord> flows)
    {
        using var answer = await service.PostAsync(NativeFlowJson.ToNdjson(flows));
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal(flows.Count, batch.List("anomalies").Count);
        return batch;
    }

    // On PostgreSQL a row is handed out when no older transaction runs any more, anywhere in the cluster that the tests share.
    private static async Task<IReadOnlyList<JsonElement>> SettledAsync(TestService service, int odd)
    {
        IReadOnlyList<JsonElement> items = [];
        await TestService.UntilAsync(
            async () =>
            {
                items = (await service.GetAsync("/v1/anomalies?limit=1000")).List("items");
                return items.Count(anomaly => Label(anomaly)?.Length == 1) == odd;
            },
            $"{odd} anomalies in the list");
        return items;
    }

    private static async Task<List<long>> PagesAsync(TestService service, string path)
    {
        var ids = new List<long>();
        string? cursor = null;
        while (true)
        {
            var page = await service.GetAsync(path + (cursor is null ? "" : "&cursor=" + cursor));
            ids.AddRange(page.List("items").Select(anomaly => anomaly.Number("id")));
            if (page.List("items").Count == 0 || !page.TryGetProperty("next", out var next))
            {
                return ids;
            }

            cursor = next.GetString();
        }
    }
}
