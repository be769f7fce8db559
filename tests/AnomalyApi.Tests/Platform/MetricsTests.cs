using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AnomalyApi.Platform.Metrics;
using AnomalyApi.Testing;
using Microsoft.Data.Sqlite;

namespace AnomalyApi.Tests.Platform;

/// <summary>Of one process alone, since metrics count for a whole process.</summary>
public sealed partial class MetricsTests
{
    [Fact]
    public async Task Every_counter_moves_when_it_should_and_the_text_is_valid()
    {
        // The data directory outlives the first process, so that a start finds something that is too old.
        var folder = ServiceProcess.NewFolder();
        await using var service = await ServiceProcess.StartAsync(["--Training:PollInterval", "00:00:00.1", "--Duplicates:Groups:0", "edge,core"], folder);
        Assert.Empty(await SamplesAsync(service, "anomaly_flows_accepted_total"));

        await PostAsync(service, "/v1/flows", OfficeTraffic.Ndjson(2_000), HttpStatusCode.OK);
        await PostAsync(service, "/v1/flows", SomeBodies.Lines("bad", SomeBodies.Flow, "worse"), HttpStatusCode.OK);
        await PostAsync(service, "/v1/flows", SomeBodies.Lines("bad"), HttpStatusCode.UnprocessableEntity);
        await TestService.UntilAsync(async () => await ValueAsync(service, "anomaly_model_version") == 1, "a first model");
        await TestService.UntilAsync(async () => await ValueAsync(service, "anomaly_flows_scored_total", "format=\"backfill\"") == 2_001, "scores of the flows stored before");
        await PostAsync(service, "/v1/flows", OfficeTraffic.Ndjson(300, seed: 5), HttpStatusCode.OK);
        await PostAsync(service, "/v1/scores", SomeBodies.Json, HttpStatusCode.OK, "application/json");

        Assert.Equal(2_301, await ValueAsync(service, "anomaly_flows_accepted_total", "format=\"ndjson\""));
        Assert.Equal(3, await ValueAsync(service, "anomaly_flows_rejected_total", "format=\"ndjson\""));
        Assert.Equal(300, await ValueAsync(service, "anomaly_flows_scored_total", "format=\"ndjson\""));
        Assert.Equal(2, await ValueAsync(service, "anomaly_flows_scored_total", "format=\"json\""));
        Assert.Equal(3, await ValueAsync(service, "anomaly_batches_total", "format=\"ndjson\",outcome=\"ok\""));
        Assert.Equal(1, await ValueAsync(service, "anomaly_batches_total", "format=\"ndjson\",outcome=\"refused\""));
        Assert.Equal(4, await ValueAsync(service, "anomaly_batch_duration_seconds_count", "outcome=\"ok\""));
        Assert.Equal(1, await ValueAsync(service, "anomaly_trainings_total", "outcome=\"succeeded\""));
        Assert.Equal(1, await ValueAsync(service, "anomaly_model_activations_total"));
        Assert.Equal(0, await ValueAsync(service, "anomaly_queue_flows"));
        Assert.Equal(1, await ValueAsync(service, "anomaly_storage_available"));
        Assert.Equal(0, await ValueAsync(service, "anomaly_trainings_running"));
        Assert.Equal(2_000, await ValueAsync(service, "anomaly_learning_flows"));

        var twice = SomeBodies.Lines("""{"start":1713515400,"src_ip":"10.0.0.5","dst_ip":"203.0.113.9","src_port":1,"dst_port":1,"protocol":"udp"}""");
        await PostAsync(service, "/v1/flows?sensor=edge", twice, HttpStatusCode.OK);
        await PostAsync(service, "/v1/flows?sensor=core", twice, HttpStatusCode.OK);
        Assert.Equal(1, await ValueAsync(service, "anomaly_flows_duplicate_total", "format=\"ndjson\""));

        // A port scan by a host that otherwise reads mail.
        var attack = Enumerable.Range(1, 300).Select(port => $$"""{"start":1713515400,"duration":36000,"src_ip":"10.0.0.5","dst_ip":"203.0.113.9","src_port":1,"dst_port":{{port}},"protocol":132,"fwd_packets":900000000,"rev_packets":1,"fwd_bytes":900000000000,"rev_bytes":1,"state":"RSTRH"}""");
        await PostAsync(service, "/v1/flows", SomeBodies.Lines(attack), HttpStatusCode.OK);
        var found = await service.Admin.GetFromJsonAsync<System.Text.Json.JsonElement>("/v1/stats", TestContext.Current.CancellationToken);
        var anomalies = (await SamplesAsync(service, "anomaly_anomalies_total")).Sum(sample => sample.Value);
        Assert.True(anomalies > 0);
        Assert.Equal(anomalies, found.GetProperty("anomalies").GetDouble());

        Check(await service.Admin.GetStringAsync("/metrics", TestContext.Current.CancellationToken));
        await service.StopAsync();

        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "data", "anomaly.db")};Pooling=false"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "update training set created_at = 1, started_at = 1, finished_at = 1";
            Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        }

        await using var again = await ServiceProcess.StartAsync(folder: folder);
        await TestService.UntilAsync(async () => (await SamplesAsync(again, "anomaly_retention_removed_total")).Count > 0, "the first run of retention");
        await TestService.UntilAsync(async () => await ValueAsync(again, "anomaly_retention_removed_total", "table=\"training\"") == 1, "one training removed");
    }

    // In the tests of the collectors.
    private static readonly string[] OfCollectors =
    [
        "anomaly.collector.datagrams", "anomaly.collector.exporters", "anomaly.collector.flows", "anomaly.collector.missed", "anomaly.collector.queue",
        "anomaly.collector.records", "anomaly.collector.sets", "anomaly.collector.templates",
    ];

    [Fact]
    public void Every_counter_of_the_service_is_in_the_test_above()
    {
        var names = new List<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == ServiceMetrics.MeterName)
            {
                lock (names)
                {
                    names.Add(instrument.Name);
                }
            }
        };
        listener.Start();
        using var metrics = new ServiceMetrics();
        string[] tested =
        [
            "anomaly.anomalies", "anomaly.batch.duration", "anomaly.batches", .. OfCollectors, "anomaly.flows.accepted", "anomaly.flows.duplicate", "anomaly.flows.rejected", "anomaly.flows.scored",
            "anomaly.learning.flows", "anomaly.model.activations", "anomaly.model.version", "anomaly.queue.flows", "anomaly.retention.removed",
            "anomaly.storage.available", "anomaly.trainings", "anomaly.trainings.running",
        ];
        lock (names)
        {
            Assert.Subset(tested.ToHashSet(), names.ToHashSet());
        }
    }

    // The text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/
    private static void Check(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var types = new Dictionary<string, string>();
        var seen = new HashSet<string>();
        var finished = new HashSet<string>();
        var current = "";
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                continue;
            }

            if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.True(types.TryAdd(type.Groups["name"].Value, type.Groups["type"].Value), $"A second '{line}'");
                continue;
            }

            var match = SampleLine().Match(line);
            Assert.True(match.Success, line);
            var name = match.Groups["name"].Value;
            var family = types.ContainsKey(name) ? name : HistogramPart().Replace(name, "");
            Assert.True(types.ContainsKey(family), $"{line} has no type.");
            Assert.True(seen.Add(name + match.Groups["labels"].Value), $"{line} stands twice.");
            Assert.True(double.TryParse(match.Groups["value"].Value, CultureInfo.InvariantCulture, out _), line);
            if (family != current)
            {
                Assert.True(finished.Add(family), $"The samples of {family} do not stand together.");
                current = family;
            }
        }

        // Buckets never fall, and the last one counts all.
        foreach (var histogram in types.Where(type => type.Value == "histogram").Select(type => type.Key))
        {
            var series = Samples(text, histogram + "_bucket").GroupBy(sample => LessOrEqual().Replace(sample.Labels, ""));
            foreach (var buckets in series)
            {
                var values = buckets.Select(bucket => bucket.Value).ToList();
                Assert.Equal(values.Order(), values);
                Assert.Contains("le=\"+Inf\"", buckets.Last().Labels, StringComparison.Ordinal);
                Assert.Equal(values[^1], Samples(text, histogram + "_count").Single(sample => sample.Labels == buckets.Key).Value);
            }
        }
    }

    private static async Task<double> ValueAsync(ServiceProcess service, string name, string labels = "") =>
        (await SamplesAsync(service, name)).SingleOrDefault(sample => sample.Labels == labels).Value;

    private static async Task<List<(string Labels, double Value)>> SamplesAsync(ServiceProcess service, string name)
    {
        using var answer = await service.Admin.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        return Samples(await answer.Content.ReadAsStringAsync(), name);
    }

    private static List<(string Labels, double Value)> Samples(string text, string name) =>
    [
        .. text.Split('\n').Select(line => SampleLine().Match(line)).Where(match => match.Success && match.Groups["name"].Value == name)
            .Select(match => (match.Groups["labels"].Value, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture))),
    ];

    private static async Task PostAsync(ServiceProcess service, string path, byte[] body, HttpStatusCode status, string contentType = "application/x-ndjson")
    {
        using var answer = await TestService.SendFlowsAsync(service.Admin, body, contentType, path);
        await TestService.JsonAsync(answer, status);
    }

    [GeneratedRegex("^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*")*)\})? (?<value>\S+)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    [GeneratedRegex(",?le=\"[^\"]*\"$")]
    private static partial Regex LessOrEqual();
}
