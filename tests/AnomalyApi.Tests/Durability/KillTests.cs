using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Testing;

namespace AnomalyApi.Tests.Durability;

public sealed class KillTests(PostgresServer postgres)
{
    private const int Rounds = 10;
    private const int Clients = 4;
    private const int FlowsEach = 20;

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Ten_kills_under_load_lose_no_acknowledged_batch_and_double_none(string provider)
    {
        var folder = Path.Combine(Path.GetTempPath(), "anomaly-kill-" + Guid.NewGuid().ToString("N")[..10]);
        (string, string)[] settings = provider == "postgres" ? [("Storage:ConnectionString", await postgres.CreateDatabaseAsync())] : [];
        var random = new Random(provider.Length);
        var acknowledged = new ConcurrentDictionary<string, byte[]>();
        var unanswered = new ConcurrentDictionary<string, byte[]>();
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                await using var service = await ServiceProcess.StartAsync(folder, settings);
                using var killed = new CancellationTokenSource();
                var clients = Enumerable.Range(0, Clients)
                    .Select(client => Task.Run(() => SendAsync(service, $"r{round}c{client}", acknowledged, unanswered, killed.Token))).ToArray();
                var before = acknowledged.Count;
                await TestService.UntilAsync(() => Task.FromResult(acknowledged.Count > before), "a first batch");
                await Task.Delay(random.Next(10, 500));
                await service.KillAsync();
                await killed.CancelAsync();
                await Task.WhenAll(clients);
            }

            Assert.True(acknowledged.Count > Rounds * Clients, $"{acknowledged.Count} batches are too few to prove anything");
            await using var last = await ServiceProcess.StartAsync(folder, settings);
            using var http = last.Client();
            await CheckAsync(http, acknowledged, unanswered, wereRetried: false);

            // A sensor that got no answer sends again, and so may one that got its answer.
            foreach (var (key, body) in unanswered.Concat(acknowledged.Take(50)))
            {
                using var answer = await TestService.SendFlowsAsync(http, body, key: key);
                Assert.Equal(FlowsEach, (await TestService.JsonAsync(answer, HttpStatusCode.OK)).Number("accepted"));
                Assert.True(!acknowledged.ContainsKey(key) || answer.Headers.Contains("Idempotent-Replay"), $"{key} was acknowledged and is not known");
            }

            await CheckAsync(http, acknowledged, unanswered, wereRetried: true);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SendAsync(
        ServiceProcess service, string name, ConcurrentDictionary<string, byte[]> acknowledged, ConcurrentDictionary<string, byte[]> unanswered, CancellationToken killed)
    {
        using var http = service.Client();
        var traffic = new SyntheticTraffic((ulong)name.GetHashCode(StringComparison.Ordinal), Some.Start);
        for (var number = 0; !killed.IsCancellationRequested; number++)
        {
            // The label tells the flows of a batch from all others.
            var key = $"{name}-{number}";
            var body = NativeFlowJson.ToNdjson(traffic.Normal(FlowsEach).Select(flow => flow with { Label = key }));
            unanswered[key] = body;
            try
            {
                using var answer = await TestService.SendFlowsAsync(http, body, key: key);
                await TestService.JsonAsync(answer, HttpStatusCode.OK);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }

            acknowledged[key] = body;
            unanswered.TryRemove(key, out _);
        }
    }

    private static async Task CheckAsync(
        HttpClient http, ConcurrentDictionary<string, byte[]> acknowledged, ConcurrentDictionary<string, byte[]> unanswered, bool wereRetried)
    {
        var known = acknowledged.Count + unanswered.Count;
        Dictionary<string, int> stored = [];

        // On PostgreSQL a row is handed out when no older transaction runs any more, and one of the killed process may still be ending.
        await TestService.UntilAsync(
            async () =>
            {
                stored = await CountAsync(http);
                return acknowledged.Keys.All(stored.ContainsKey) && (!wereRetried || stored.Count == known);
            },
            "every acknowledged batch in the list of flows");
        Assert.All(acknowledged.Keys, key => Assert.Equal(FlowsEach, stored[key]));
        Assert.All(stored, batch => Assert.True(batch.Value == FlowsEach, $"batch {batch.Key} has {batch.Value} flows"));
    }

    private static async Task<Dictionary<string, int>> CountAsync(HttpClient http)
    {
        var counts = new Dictionary<string, int>();
        var cursor = "";
        while (true)
        {
            using var answer = await http.GetAsync("/v1/flows?limit=1000" + cursor);
            var page = await TestService.JsonAsync(answer, HttpStatusCode.OK);
            foreach (JsonElement flow in page.At("items").EnumerateArray())
            {
                var label = flow.Text("label")!;
                counts[label] = counts.GetValueOrDefault(label) + 1;
            }

            if (page.At("items").GetArrayLength() == 0)
            {
                return counts;
            }

            cursor = "&cursor=" + page.Text("next");
        }
    }
}
