using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AnomalyApi.Detection.Scoring;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats.Native;
using AnomalyApi.Flows.Synthetic;
using AnomalyApi.Models;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Storage.Stores;
using AnomalyApi.Testing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Tests.Training;

public sealed class TrainingTests(PostgresServer postgres)
{
    // Half a minute of work for one thread: long enough to be found running and cancelled.
    private static readonly object Long = new { detector = "isolation-forest", options = new { trees = 256, sample_size = 65_536 } };

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task A_training_is_accepted_shows_how_far_it_is_and_ends_with_a_live_model(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        using var answer = await service.Admin.PostAsJsonAsync("/v1/trainings", new { detector = "isolation-forest", options = new { trees = 1_000, sample_size = 1_024 } });
        var accepted = await TestService.JsonAsync(answer, HttpStatusCode.Accepted);
        var location = answer.Headers.Location!.ToString();
        Assert.Equal($"/v1/trainings/{accepted.Text("id")}", location);
        Assert.Equal("queued", accepted.Text("status"));
        Assert.Equal("manual", accepted.Text("trigger"));

        var progress = new List<double> { 0 };
        var training = accepted;
        await TestService.UntilAsync(
            async () =>
            {
                training = await service.GetAsync(location);
                progress.Add(training.Real("progress"));
                return training.Text("status") is not ("queued" or "running");
            },
            "the end of the training");

        Assert.True(training.Text("status") == "succeeded", training.ToString());
        Assert.Equal(progress.Order(), progress);
        Assert.Equal(1, progress[^1]);
        var log = training.List("log").Select(line => line.Text("text")).ToList();
        Assert.Collection(
            log,
            line => Assert.StartsWith("Reading at most", line, StringComparison.Ordinal),
            line => Assert.StartsWith("Fitting isolation-forest to 2000 flows", line, StringComparison.Ordinal),
            line => Assert.StartsWith("Fitted on", line, StringComparison.Ordinal),
            line => Assert.Equal("Stored as version 2; making it live.", line),
            line => Assert.Equal("Version 2 is live.", line));
        Assert.Equal(2, training.Number("model_version"));
        var metrics = training.At("metrics");
        Assert.Equal(2_000, metrics.Number("flows_read"));
        Assert.Equal(2_000, metrics.Number("fit_rows") + metrics.Number("calibration_rows") + metrics.Number("trimmed_rows"));
        Assert.InRange(metrics.Real("anomaly_share"), 0, 0.02);
        Assert.True(training.At("created_at").GetDateTime() <= training.At("started_at").GetDateTime());
        Assert.True(training.At("started_at").GetDateTime() <= training.At("finished_at").GetDateTime());
        Assert.Equal(2, (await service.GetAsync("/v1/models/active")).Number("model", "version"));
        Assert.Equal(accepted.Text("id"), (await service.GetAsync("/v1/trainings"))[0].Text("id"));
    }

    [Fact]
    public async Task A_model_that_tells_nothing_apart_is_warned_of_in_the_log()
    {
        await using var service = await TestService.StartAsync();
        await service.LearnAsync();

        // A tree on two flows has one cut, and a leaf at the same depth on either side of it.
        var version = await service.TrainAsync(new { activate = "never", detector = "isolation-forest", options = new { trees = 1, sample_size = 2 } });

        var training = await service.GetAsync($"/v1/trainings/{(await service.GetAsync($"/v1/models/{version}")).Text("training_id")}");
        Assert.Contains(
            training.List("log").Select(line => line.Text("text") ?? ""),
            line => line.StartsWith("Warning: 100 % of the rows the model was calibrated on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_training_that_must_not_activate_only_stores_its_model()
    {
        await using var service = await TestService.StartAsync();
        await service.LearnAsync();
        var version = await service.TrainAsync(new { activate = "never", threshold = 20, seed = 5, sample_size = 500, detector = "isolation-forest", options = new { trees = 7, sample_size = 64 } });
        Assert.Equal(1, (await service.GetAsync("/v1/models/active")).Number("model", "version"));

        var model = await service.GetAsync($"/v1/models/{version}");
        Assert.Equal((20, 5, 500), (model.Number("metadata", "threshold"), model.Number("metadata", "seed"), model.Number("metadata", "sample_size")));
        Assert.Equal((7, 64), (model.Number("metadata", "options", "trees"), model.Number("metadata", "options", "sample_size")));
        Assert.Equal(500, model.Number("metrics", "flows_read"));
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task The_same_flows_and_seed_give_the_same_model_bytes(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        var first = await BytesAsync(service, await service.TrainAsync(new { activate = "never", seed = 7, sample_size = 1_000 }));
        var second = await BytesAsync(service, await service.TrainAsync(new { activate = "never", seed = 7, sample_size = 1_000 }));
        var other = await BytesAsync(service, await service.TrainAsync(new { activate = "never", seed = 8, sample_size = 1_000 }));
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Theory]
    [InlineData("""{"kind":"tune"}""", "kind", "fit, recalibration")]
    [InlineData("""{"kind":"0"}""", "kind", "fit, recalibration")]
    [InlineData("""{"activate":"sometimes"}""", "activate", "always, never")]
    [InlineData("""{"window_hours":0}""", "window_hours", "at most 8784")]
    [InlineData("""{"window_hours":9000}""", "window_hours", "at most 8784")]
    [InlineData("""{"sample_size":199}""", "sample_size", "from 200 to 200000")]
    [InlineData("""{"sample_size":200001}""", "sample_size", "from 200 to 200000")]
    [InlineData("""{"threshold":9}""", "threshold", "from 10 to 100")]
    [InlineData("""{"detector":"isolaton-forest"}""", "detector", "isolation-forest")]
    [InlineData("""{"detector":"isolation-forest","options":{"trees":0}}""", "options", "1 and 1000")]
    [InlineData("""{"detector":"isolation-forest","options":{"tree":5}}""", "options", "trees (1 to 1000), sample_size (2 to 65536)")]
    [InlineData("""{"detector":"isolation-forest","options":{"trees":"many"}}""", "options", "trees (1 to 1000), sample_size (2 to 65536)")]
    [InlineData("""{"detector":"isolation-forest","options":5}""", "options", "trees (1 to 1000), sample_size (2 to 65536)")]
    [InlineData("""{"detector":"pca","options":{"score":"x"}}""", "options", "score (whitened | reconstruction)")]
    [InlineData("""{"detector":"bagging","options":{"detector":"bagging"}}""", "options", "'bagging' cannot be bagged")]
    [InlineData("""{"detector":"ensemble","options":{"members":"foo"}}""", "options", "'foo' is not one of: autoencoder")]
    public async Task A_request_that_is_not_allowed_is_named_with_what_is(string body, string field, string allowed)
    {
        await using var service = await TestService.StartAsync();
        using var answer = await PostJsonAsync(service, body);
        var problem = await TestService.JsonAsync(answer, HttpStatusCode.BadRequest);
        Assert.Contains(allowed, Assert.Single(problem.List("errors", field)).GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await service.GetAsync("/v1/trainings")).GetArrayLength());
    }

    [Fact]
    public async Task A_detector_that_needs_labels_is_trained_on_those_of_the_flows_or_says_that_there_are_none()
    {
        await using var service = await TestService.StartAsync();
        await service.LearnAsync();
        var refused = await service.TrainedAsync(await StartAsync(service, new { detector = "gradient-boosting" }));
        Assert.Equal("failed", refused.Text("status"));
        Assert.Contains("gradient-boosting learns from labels", refused.Text("error"), StringComparison.Ordinal);

        refused = await service.TrainedAsync(await StartAsync(service, new { detector = "ensemble", options = new { members = "random-forest" } }));
        Assert.StartsWith("Every member needs labels", refused.Text("error"), StringComparison.Ordinal);
        await service.TrainAsync(new { detector = "mahalanobis", activate = "never", options = new { shrinkage = "ledoit-wolf" } });

        var traffic = new SyntheticTraffic(3, Some.Start);
        FlowRecord[] labelled = [.. traffic.Normal(1_500), .. traffic.Attack(SyntheticAttackCatalog.Get("fast-exfiltration"), 300), .. traffic.Normal(2_000)];
        using var answer = await service.PostAsync(NativeFlowJson.ToNdjson(labelled));
        await TestService.JsonAsync(answer, HttpStatusCode.OK);
        var version = await service.TrainAsync(new { detector = "gradient-boosting", options = new { class_weighting = "balanced" } });

        Assert.Equal("gradient-boosting", (await service.GetAsync($"/v1/models/{version}")).Text("detector"));
        using var attacks = await service.PostAsync(NativeFlowJson.ToNdjson(traffic.Attack(SyntheticAttackCatalog.Get("fast-exfiltration"), 50)));
        Assert.InRange((await TestService.JsonAsync(attacks, HttpStatusCode.OK)).List("anomalies").Count, 40, 50);
    }

    [Fact]
    public async Task All_faults_of_a_request_are_named_at_once()
    {
        await using var service = await TestService.StartAsync();
        using var answer = await PostJsonAsync(service, """{"kind":"x","activate":"y","window_hours":-1,"sample_size":1,"threshold":1000,"detector":"z"}""");
        var problem = await TestService.JsonAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(
            ["activate", "detector", "kind", "sample_size", "threshold", "window_hours"],
            problem.At("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Theory]
    [InlineData("""{"windows_hours":1}""")]
    [InlineData("""{"kind":null}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public async Task A_body_that_is_no_request_is_refused(string body)
    {
        await using var service = await TestService.StartAsync();
        using var answer = await PostJsonAsync(service, body);
        await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task A_training_that_is_not_there_is_not_found()
    {
        await using var service = await TestService.StartAsync();
        using var get = await service.Admin.GetAsync("/v1/trainings/none");
        await TestService.ProblemAsync(get, HttpStatusCode.NotFound, "not-found");
        using var delete = await service.Admin.DeleteAsync("/v1/trainings/none");
        await TestService.ProblemAsync(delete, HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Cancelling_ends_what_waits_at_once_and_what_runs_soon_and_touches_no_live_model(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres, ("Training:MaxThreads", "1"));
        await LearnMuchAsync(service);
        var running = await StartAsync(service, Long);
        await TestService.UntilAsync(async () => (await service.GetAsync($"/v1/trainings/{running}")).Text("stage") == "fitting", "a fit in progress");
        var waiting = await StartAsync(service, new { });

        Assert.Equal("cancelled", (await CancelAsync(service, waiting, HttpStatusCode.Accepted)).Text("status"));
        Assert.Equal("running", (await CancelAsync(service, running, HttpStatusCode.Accepted)).Text("status"));
        var ended = await service.TrainedAsync(running);
        Assert.Equal("cancelled", ended.Text("status"));
        Assert.Equal("Cancelled on request.", ended.Text("error"));
        Assert.True(ended.IsNull("model_version"));
        await CancelAsync(service, running, HttpStatusCode.Conflict);
        await CancelAsync(service, waiting, HttpStatusCode.Conflict);

        Assert.Equal(1, (await service.GetAsync("/v1/models/active")).Number("model", "version"));
        Assert.Equal(1, (await service.GetAsync("/v1/models")).GetArrayLength());
        Assert.True(await service.TrainAsync(new { }) > 1, "The next training runs as if nothing had been.");
    }

    [Fact]
    public async Task Too_few_flows_fail_with_a_clear_text_and_touch_no_live_model()
    {
        await using var service = await TestService.StartAsync();
        using var answer = await service.PostAsync(OfficeTraffic.Ndjson(50));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var failed = await service.TrainedAsync(await StartAsync(service, new { }));
        Assert.Equal("failed", failed.Text("status"));
        Assert.Contains("There are 50 flows in the window", failed.Text("error"), StringComparison.Ordinal);
        Assert.Contains("100 are needed", failed.Text("error"), StringComparison.Ordinal);
        Assert.Equal(failed.Text("error"), failed.List("log")[^1].Text("text"));

        var recalibration = await service.TrainedAsync(await StartAsync(service, new { kind = "recalibration" }));
        Assert.Equal("failed", recalibration.Text("status"));
        Assert.Contains("no live model", recalibration.Text("error"), StringComparison.Ordinal);
        Assert.Equal(0, (await service.GetAsync("/v1/models")).GetArrayLength());
    }

    [Fact]
    public async Task A_recalibration_makes_a_child_version_whose_false_alarms_are_at_their_rate_again()
    {
        await using var service = await TestService.StartAsync("sqlite", null, ("Scoring:Threshold", "20"), ("Training:FirstTrainingFlows", "4000"));
        await service.LearnAsync(4_000);

        var shifted = NativeFlowJson.ToNdjson(Shifted(20_000, seed: 2));
        var later = NativeFlowJson.ToNdjson(Shifted(10_000, seed: 3));
        var before = await ShareAsync(service, later);
        using var answer = await service.PostAsync(shifted);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var version = await service.TrainAsync(new { kind = "recalibration" });
        var after = await ShareAsync(service, later);
        var model = await service.GetAsync($"/v1/models/{version}");
        Assert.Equal("recalibrated", model.Text("kind"));
        Assert.Equal(1, model.Number("parent_version"));
        Assert.True(model.At("active").GetBoolean());
        Assert.Equal(0, model.Number("metrics", "trimmed_rows"));
        Assert.True(before > 0.03, $"{before:P2} above the threshold before");
        Assert.InRange(after, 0.004, 0.018);
    }

    [Fact]
    public async Task Known_attacks_are_left_out_of_the_next_fit()
    {
        await using var service = await TestService.StartAsync("sqlite", null, ("Scoring:Threshold", "10"));
        await service.LearnAsync();
        using var answer = await service.PostAsync(NativeFlowJson.ToNdjson(new SyntheticTraffic(3, Some.Start).Attack(SyntheticAttackCatalog.Get("fast-exfiltration"), 100).Select(flow => flow with { Label = null })));
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        Assert.Equal(100, batch.List("anomalies").Count);

        await using var context = service.Get<StorageDatabase>().CreateDbContext();
        var scores = await context.Flows.OrderBy(flow => flow.CommittedIn).ThenBy(flow => flow.Id).Select(flow => flow.Score!.Value).ToArrayAsync();

        // The office flows before them are labelled as benign, and so stay whatever score they had.
        var keptAttacks = TrainingTrim.ForCalibration(scores.AsSpan(1_050), 10).Count(row => row >= 950);
        var version = await service.TrainAsync(new { activate = "never" });
        Assert.Equal(100 - keptAttacks, (await service.GetAsync($"/v1/models/{version}")).Number("metrics", "trimmed_rows"));
        Assert.InRange(keptAttacks, 0, 30);
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Two_processes_never_train_at_the_same_time(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        await using var other = service.StartBeside();
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(await StartAsync(i % 2 == 0 ? service : other, new { seed = i, activate = "never", detector = "isolation-forest", options = new { trees = 300 } }));
        }

        var runs = new List<(DateTime From, DateTime To)>();
        foreach (var id in ids)
        {
            var training = await service.TrainedAsync(id);
            Assert.Equal("succeeded", training.Text("status"));
            runs.Add((training.At("started_at").GetDateTime(), training.At("finished_at").GetDateTime()));
        }

        runs.Sort();
        Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.True(pair.First.To <= pair.Second.From, $"{pair.First} and {pair.Second} overlap"));
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task A_training_whose_process_died_is_marked_as_failed(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        var id = Guid.CreateVersion7().ToString();
        await using (var context = service.Get<StorageDatabase>().CreateDbContext())
        {
            context.Trainings.Add(new TrainingRow
            {
                Id = id, ModelName = ModelNames.Default, Status = JobStatus.Running, Trigger = "manual", Kind = "trained",
                CreatedAt = DateTime.UtcNow, StartedAt = DateTime.UtcNow, Owner = "gone/1",
            });
            await context.SaveChangesAsync();
        }

        var training = await service.TrainedAsync(id);
        Assert.Equal("failed", training.Text("status"));
        Assert.Contains("stopped", training.Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_training_of_another_process_is_left_alone()
    {
        await using var service = await TestService.StartAsync("sqlite", null, ("Training:MaxThreads", "1"));
        await LearnMuchAsync(service);
        await using var other = service.StartBeside();
        var running = await StartAsync(service, Long);
        await TestService.UntilAsync(async () => (await service.GetAsync($"/v1/trainings/{running}")).Text("stage") == "fitting", "a fit in progress");
        await Task.Delay(500);
        Assert.Equal("running", (await other.GetAsync($"/v1/trainings/{running}")).Text("status"));

        // Whoever is asked passes it on.
        await CancelAsync(other, running, HttpStatusCode.Accepted);
        Assert.Equal("cancelled", (await service.TrainedAsync(running)).Text("status"));
    }

    [Fact]
    public async Task A_training_that_the_end_of_the_service_cuts_short_says_so_after_the_restart()
    {
        var service = await TestService.StartAsync("sqlite", null, ("Training:MaxThreads", "1"));
        await LearnMuchAsync(service);
        var running = await StartAsync(service, Long);
        await TestService.UntilAsync(async () => (await service.GetAsync($"/v1/trainings/{running}")).Text("stage") == "fitting", "a fit in progress");

        await using var restarted = await service.RestartAsync();
        var training = await restarted.TrainedAsync(running);
        Assert.Equal("failed", training.Text("status"));
        Assert.Contains("service stopped", training.Text("error"), StringComparison.Ordinal);
        Assert.Equal(1, (await restarted.GetAsync("/v1/models/active")).Number("model", "version"));
    }

    // A forest takes samples as large as there are flows to fit on, so a long fit needs many.
    private static async Task LearnMuchAsync(TestService service)
    {
        await service.LearnAsync();
        for (var seed = 2UL; seed < 10; seed++)
        {
            using var answer = await service.PostAsync(OfficeTraffic.Ndjson(15_000, seed));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    // Transfers of a hundred thousand times the size and of a thousand times the duration.
    private static IEnumerable<FlowRecord> Shifted(int flows, ulong seed) => new SyntheticTraffic(seed, Some.Start).Normal(flows).Select(flow => flow with
    {
        Duration = flow.Duration * 1_000,
        ForwardBytes = flow.ForwardBytes * 100_000,
        ReverseBytes = flow.ReverseBytes * 100_000,
        ForwardPackets = flow.ForwardPackets * 100_000,
        ReversePackets = flow.ReversePackets * 100_000,
    });

    private static async Task<double> ShareAsync(TestService service, byte[] body)
    {
        using var answer = await service.PostAsync(body, path: "/v1/scores");
        var batch = await TestService.JsonAsync(answer, HttpStatusCode.OK);
        return (double)batch.List("anomalies").Count / batch.Number("scored");
    }

    private static async Task<HttpResponseMessage> PostJsonAsync(TestService service, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await service.Admin.PostAsync("/v1/trainings", content);
    }

    private static async Task<string> StartAsync(TestService service, object request)
    {
        using var answer = await service.Admin.PostAsJsonAsync("/v1/trainings", request);
        return (await TestService.JsonAsync(answer, HttpStatusCode.Accepted)).Text("id")!;
    }

    private static async Task<JsonElement> CancelAsync(TestService service, string id, HttpStatusCode expected)
    {
        using var answer = await service.Admin.DeleteAsync($"/v1/trainings/{id}");
        return await TestService.JsonAsync(answer, expected);
    }

    private static async Task<byte[]> BytesAsync(TestService service, int version) =>
        (await service.Get<ModelStore>().ReadBytesAsync(version, CancellationToken.None))!;
}
