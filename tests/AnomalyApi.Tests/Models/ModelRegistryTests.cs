using System.Net;
using System.Text.Json;
using AnomalyApi.Detection;
using AnomalyApi.Models;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using AnomalyApi.Testing;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Tests.Models;

public sealed class ModelRegistryTests(PostgresServer postgres)
{
    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Models_are_listed_newest_first_and_the_live_one_is_marked(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        var second = await service.TrainAsync(new { seed = 2, activate = "never" });

        var models = await service.GetAsync("/v1/models");
        Assert.Equal([second, 1], models.EnumerateArray().Select(model => (int)model.Number("version")));
        Assert.Equal([false, true], models.EnumerateArray().Select(model => model.At("active").GetBoolean()));

        var one = await service.GetAsync($"/v1/models/{second}");
        Assert.Equal("trained", one.Text("kind"));
        Assert.Equal("ensemble", one.Text("detector"));
        Assert.Equal(2, one.Number("metadata", "seed"));
        Assert.Equal(30, one.Number("metadata", "threshold"));
        Assert.Equal("flow-v1", one.Text("metadata", "feature_schema"));
        Assert.Equal(2_000, one.Number("metrics", "flows_read"));
        Assert.True(one.IsNull("parent_version"));
    }

    [Fact]
    public async Task Every_detector_is_listed_with_its_options_ranges_choices_and_use_of_labels()
    {
        await using var service = await TestService.StartAsync();

        var detectors = (await service.GetAsync("/v1/detectors")).EnumerateArray().ToDictionary(detector => detector.Text("name")!);

        Assert.Equal(DetectorCatalog.All.Select(detector => detector.Name), detectors.Keys);
        Assert.Equal(
            ("ignored", "needed", "welcome"),
            (detectors["pca"].Text("labels"), detectors["gradient-boosting"].Text("labels"), detectors["ensemble"].Text("labels")));
        var trees = detectors["isolation-forest"].List("options").Single(option => option.Text("name") == "trees");
        Assert.Equal((100, 1, 1000), (trees.Number("default"), trees.Number("minimum"), trees.Number("maximum")));
        var score = detectors["pca"].List("options").Single(option => option.Text("name") == "score");
        Assert.Equal(["whitened", "reconstruction"], score.List("choices").Select(choice => choice.GetString()));
        Assert.Equal("whitened", score.Text("default"));
    }

    [Fact]
    public async Task Before_the_first_model_there_is_none_live_and_none_to_go_back_to()
    {
        await using var service = await TestService.StartAsync();
        using var active = await service.Admin.GetAsync("/v1/models/active");
        Assert.Contains("trained by itself", await TestService.ProblemAsync(active, HttpStatusCode.NotFound, "not-found"), StringComparison.Ordinal);
        using var rollback = await service.Admin.PostAsync("/v1/models/rollback", null);
        await TestService.ProblemAsync(rollback, HttpStatusCode.Conflict, "no-earlier-model");
        Assert.Equal(0, (await service.GetAsync("/v1/models")).GetArrayLength());
    }

    [Fact]
    public async Task The_only_model_cannot_be_rolled_back_and_stays_live()
    {
        await using var service = await TestService.StartAsync();
        await service.LearnAsync();
        using var rollback = await service.Admin.PostAsync("/v1/models/rollback", null);
        await TestService.ProblemAsync(rollback, HttpStatusCode.Conflict, "no-earlier-model");
        Assert.Equal(1, await LiveAsync(service));
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Rolling_back_brings_the_model_before_and_says_so_in_the_history(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        var second = await service.TrainAsync(new { seed = 2 });
        Assert.Equal(second, await LiveAsync(service));

        using var answer = await service.Admin.PostAsync("/v1/models/rollback", null);
        Assert.Equal(1, (await TestService.JsonAsync(answer, HttpStatusCode.OK)).Number("version"));
        Assert.Equal(1, await LiveAsync(service));
        var active = await service.GetAsync("/v1/models/active");
        Assert.Equal(1, active.Number("model", "version"));
        Assert.Equal("rolled back", active.Text("activation", "reason"));
        Assert.Equal([second, 1], active.List("history").Select(activation => (int)activation.Number("version")));
        Assert.StartsWith("training ", active.List("history")[0].Text("activated_by"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_not_found()
    {
        await using var service = await TestService.StartAsync();
        using var model = await service.Admin.GetAsync("/v1/models/99");
        Assert.Contains("99", await TestService.ProblemAsync(model, HttpStatusCode.NotFound, "not-found"), StringComparison.Ordinal);
        using var activation = await service.Admin.PostAsync("/v1/models/99/activation", null);
        Assert.Contains("99", await TestService.ProblemAsync(activation, HttpStatusCode.NotFound, "not-found"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task A_damaged_model_is_refused_and_the_live_one_stays(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        var second = await service.TrainAsync(new { seed = 2, activate = "never" });
        await DamageAsync(service, second);

        using var answer = await service.Admin.PostAsync($"/v1/models/{second}/activation", null);
        Assert.Contains("stays as it is", await TestService.ProblemAsync(answer, HttpStatusCode.Conflict, "model-unreadable"), StringComparison.Ordinal);
        Assert.Equal(1, await LiveAsync(service));
        Assert.Equal(1, (await service.GetAsync("/v1/models/active")).Number("model", "version"));
    }

    [Fact]
    public async Task A_damaged_model_that_another_process_chose_is_reported_and_a_later_choice_ends_it()
    {
        await using var service = await TestService.StartAsync();
        await service.LearnAsync();
        var second = await service.TrainAsync(new { seed = 2, activate = "never" });
        var third = await service.TrainAsync(new { seed = 3, activate = "never" });
        await DamageAsync(service, second);
        await ChooseElsewhereAsync(service, second);

        await TestService.UntilAsync(async () => !(await HealthAsync(service)).IsNull("model", "fault"), "a fault in the health report");
        var health = await HealthAsync(service);
        Assert.Contains($"Model {second} cannot be loaded", health.Text("model", "fault"), StringComparison.Ordinal);
        Assert.Equal(1, health.Number("model", "active_version"));
        Assert.Equal(1, await LiveAsync(service));

        await ChooseElsewhereAsync(service, third);
        await TestService.UntilAsync(async () => await LiveAsync(service) == third, "the later choice");
        Assert.True((await HealthAsync(service)).IsNull("model", "fault"));
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task An_activation_in_one_process_reaches_the_other(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await service.LearnAsync();
        await using var other = service.StartBeside();
        Assert.Equal(1, await LiveAsync(other));

        var second = await service.TrainAsync(new { seed = 2 });
        await TestService.UntilAsync(async () => await LiveAsync(other) == second, "the new model in the other process");
        using var rollback = await other.Admin.PostAsync("/v1/models/rollback", null);
        Assert.Equal(HttpStatusCode.OK, rollback.StatusCode);
        await TestService.UntilAsync(async () => await LiveAsync(service) == 1, "the rollback in the first process");
    }

    [Fact]
    public async Task The_live_model_is_live_again_after_a_restart_and_scores_the_same()
    {
        var service = await TestService.StartAsync();
        await service.LearnAsync();
        var body = OfficeTraffic.Ndjson(50, seed: 9);
        using var before = await service.PostAsync(body, path: "/v1/scores?scores=all");
        var scores = (await TestService.JsonAsync(before, HttpStatusCode.OK)).Floats("scores");

        await using var restarted = await service.RestartAsync();
        using var after = await restarted.PostAsync(body, path: "/v1/scores?scores=all");
        Assert.Equal(scores, (await TestService.JsonAsync(after, HttpStatusCode.OK)).Floats("scores"));
    }

    private static async Task<int> LiveAsync(TestService service)
    {
        using var answer = await service.PostAsync(OfficeTraffic.Ndjson(1, seed: 5), path: "/v1/scores");
        return (int)(await TestService.JsonAsync(answer, HttpStatusCode.OK)).Number("model_version");
    }

    private static async Task<JsonElement> HealthAsync(TestService service) => await service.GetAsync("/health/ready");

    private static async Task DamageAsync(TestService service, int version)
    {
        await using var context = service.Get<StorageDatabase>().CreateDbContext();
        var model = await context.Models.SingleAsync(row => row.Version == version);
        model.Bytes = [.. model.Bytes];
        model.Bytes[model.Bytes.Length / 2] ^= 0x10;
        await context.SaveChangesAsync();
    }

    // What another process leaves in the database when it activates a model.
    private static async Task ChooseElsewhereAsync(TestService service, int version)
    {
        await using var context = service.Get<StorageDatabase>().CreateDbContext();
        context.ModelActivations.Add(new ModelActivationRow
        {
            ModelName = ModelNames.Default, Version = version, ActivatedAt = DateTime.UtcNow, ActivatedBy = "another process", Reason = "activated",
        });
        await context.SaveChangesAsync();
    }
}
