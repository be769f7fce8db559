using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AnomalyApi.Storage;
using AnomalyApi.Testing;
using AnomalyApi.Training;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Tests.Training;

public sealed class ScheduleTests(PostgresServer postgres)
{
    private const string EverySecond = "* * * * * ?";

    // Nothing in a window so short: each run ends at once, and what counts is that it ran.
    private static readonly object QuickTraining = new { window_hours = 0.0001, activate = "never" };

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task A_schedule_is_put_shown_listed_replaced_and_deleted(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        Assert.Equal("nightly", Assert.Single((await service.GetAsync("/v1/schedules")).EnumerateArray()).Text("name"));

        var put = await PutAsync(service, "weekly", new { cron = "30 4 * * 0", training = new { kind = "recalibration", sample_size = 5_000 } });
        Assert.Equal("UTC", put.Text("time_zone"));
        Assert.Equal("recalibration", put.Text("training", "kind"));
        Assert.True(put.IsNull("last_fired_at"));
        var runs = Runs(put);
        Assert.Equal(5, runs.Count);
        Assert.All(runs, run => Assert.Equal((DayOfWeek.Sunday, new TimeSpan(4, 30, 0)), (run.DayOfWeek, run.TimeOfDay)));
        Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.Equal(TimeSpan.FromDays(7), pair.Second - pair.First));
        Assert.Equal(put.GetRawText(), (await service.GetAsync("/v1/schedules/weekly")).GetRawText());

        var replaced = await PutAsync(service, "weekly", new { cron = "0 5 * * *", time_zone = "Asia/Tokyo", paused = true });
        Assert.Empty(Runs(replaced));
        Assert.Equal("fit", replaced.Text("training", "kind"));
        Assert.Equal(["nightly", "weekly"], (await service.GetAsync("/v1/schedules")).EnumerateArray().Select(schedule => schedule.Text("name")));

        using (var deleted = await service.Admin.DeleteAsync("/v1/schedules/weekly"))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        using var gone = await service.Admin.GetAsync("/v1/schedules/weekly");
        Assert.Contains("weekly", await TestService.ProblemAsync(gone, HttpStatusCode.NotFound, "not-found"), StringComparison.Ordinal);
        using var again = await service.Admin.DeleteAsync("/v1/schedules/weekly");
        await TestService.ProblemAsync(again, HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData("30 8 * * *", "2026-03-27T12:00:00Z", "03-28 07:30", "03-29 06:30", "03-30 06:30")]
    [InlineData("30 8 * * *", "2026-10-23T12:00:00Z", "10-24 06:30", "10-25 07:30", "10-26 07:30")]
    [InlineData("0 0 12 ? * MON", "2026-03-22T00:00:00Z", "03-23 11:00", "03-30 10:00", "04-06 10:00")]
    public void Runs_keep_the_hour_of_the_wall_clock_when_summer_time_begins_and_ends(string cron, string after, params string[] expected)
    {
        var errors = new Dictionary<string, string[]>();
        var expression = ScheduleCron.Read(cron, "Europe/Berlin", errors)!;
        Assert.Empty(errors);
        var runs = ScheduleCron.Next(expression, DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), expected.Length);
        Assert.Equal(expected, runs.Select(run => run.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("nightly", """{"cron":"61 3 * * *"}""", "cron", "'0 3 * * *'")]
    [InlineData("nightly", """{"cron":"every night"}""", "cron", "'0 3 * * *'")]
    [InlineData("nightly", """{"cron":""}""", "cron", "'0 3 * * *'")]
    [InlineData("nightly", """{"cron":"0 0 0 1 1 ? 2001"}""", "cron", "never fires again")]
    [InlineData("nightly", """{"cron":"0 3 * * *","time_zone":"Mars/Olympus"}""", "time_zone", "Europe/Berlin")]
    [InlineData("night%20ly", """{"cron":"0 3 * * *"}""", "name", "letters, digits")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", """{"cron":"0 3 * * *"}""", "name", "1 to 64")]
    [InlineData("nightly", """{"cron":"0 3 * * *","training":{"threshold":5}}""", "threshold", "10 to 100")]
    public async Task What_is_not_allowed_is_named_with_what_is(string name, string body, string field, string allowed)
    {
        await using var service = await TestService.StartAsync();
        using var answer = await PutJsonAsync(service, name, body);
        var problem = await TestService.JsonAsync(answer, HttpStatusCode.BadRequest);
        Assert.Contains(allowed, Assert.Single(problem.List("errors", field)).GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"cron":null}""")]
    [InlineData("""{"cron":"0 3 * * *","time_zone":null}""")]
    [InlineData("""{"cron":"0 3 * * *","training":null}""")]
    [InlineData("""{"cron":"0 3 * * *","pause":true}""")]
    public async Task A_body_that_is_no_schedule_is_refused(string body)
    {
        await using var service = await TestService.StartAsync();
        using var answer = await PutJsonAsync(service, "nightly", body);
        await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "bad-request");
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task A_schedule_fires_once_for_each_of_its_times_though_two_processes_see_it(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await using var other = service.StartBeside();
        var put = DateTime.UtcNow;
        await PutAsync(service, "often", new { cron = EverySecond, training = QuickTraining });
        await TestService.UntilAsync(async () => (await OfAsync(service, "often")).Count >= 3, "three runs");
        await PutAsync(service, "often", new { cron = EverySecond, training = QuickTraining, paused = true });

        var trainings = await OfAsync(service, "often");
        Assert.All(trainings, training => Assert.Equal("schedule", training.Text("trigger")));

        // Two runs for one time would soon be more than there were seconds. When they come says nothing: a machine that stalls starts several at once.
        Assert.InRange(trainings.Count, 3, (int)(DateTime.UtcNow - put).TotalSeconds + 1);
        Assert.False((await service.GetAsync("/v1/schedules/often")).IsNull("last_fired_at"));
    }

    [Fact]
    public async Task A_paused_or_deleted_schedule_does_not_fire()
    {
        await using var service = await TestService.StartAsync();
        await PutAsync(service, "resting", new { cron = EverySecond, training = QuickTraining, paused = true });
        await PutAsync(service, "going", new { cron = EverySecond, training = QuickTraining });
        await TestService.UntilAsync(async () => (await OfAsync(service, "going")).Count >= 2, "two runs");
        using (var deleted = await service.Admin.DeleteAsync("/v1/schedules/going"))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        // What fired at the moment of the deletion may still come.
        await Task.Delay(300);
        var before = (await OfAsync(service, "going")).Count;
        await Task.Delay(2_200);
        Assert.Equal(before, (await OfAsync(service, "going")).Count);
        Assert.Empty(await OfAsync(service, "resting"));
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task Times_missed_while_the_service_was_down_are_made_up_for_by_one_run(string provider)
    {
        var service = await TestService.StartAsync(provider, postgres);

        // Every hour in one minute that is not near: it cannot come while the test runs.
        var minute = (DateTime.UtcNow.Minute + 30) % 60;
        await PutAsync(service, "hourly", new { cron = $"{minute} * * * *", training = QuickTraining });
        Assert.Empty(await OfAsync(service, "hourly"));
        await using (var context = service.Get<StorageDatabase>().CreateDbContext())
        {
            var row = await context.Schedules.SingleAsync(schedule => schedule.Name == "hourly");
            row.UpdatedAt = DateTime.UtcNow.AddDays(-1);
            row.LastFiredAt = DateTime.UtcNow.AddHours(-9.5);
            await context.SaveChangesAsync();
        }

        await using var restarted = await service.RestartAsync();
        await using var other = restarted.StartBeside();
        await TestService.UntilAsync(async () => (await OfAsync(restarted, "hourly")).Count > 0, "the run that makes up");

        // Many turns of both processes later it is still the one.
        await Task.Delay(1_000);
        Assert.Single(await OfAsync(restarted, "hourly"));
        var schedule = await restarted.GetAsync("/v1/schedules/hourly");
        var fired = schedule.At("last_fired_at").GetDateTime();
        Assert.Equal(minute, fired.Minute);
        Assert.InRange(DateTime.UtcNow - fired, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task What_was_missed_while_it_was_paused_is_not_made_up_for()
    {
        await using var service = await TestService.StartAsync();
        var minute = (DateTime.UtcNow.Minute + 30) % 60;
        await PutAsync(service, "hourly", new { cron = $"{minute} * * * *", training = QuickTraining, paused = true });
        await using (var context = service.Get<StorageDatabase>().CreateDbContext())
        {
            await context.Schedules.Where(schedule => schedule.Name == "hourly")
                .ExecuteUpdateAsync(set => set.SetProperty(schedule => schedule.UpdatedAt, DateTime.UtcNow.AddDays(-1)));
        }

        await PutAsync(service, "hourly", new { cron = $"{minute} * * * *", training = QuickTraining });
        await Task.Delay(500);
        Assert.Empty(await OfAsync(service, "hourly"));
    }

    [Theory]
    [MemberData(nameof(TestService.Providers), MemberType = typeof(TestService))]
    public async Task One_new_schedule_put_by_many_at_once_is_one_schedule(string provider)
    {
        await using var service = await TestService.StartAsync(provider, postgres);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PutAsync(service, "shared", new { cron = "0 3 * * *" })));
        Assert.Equal(2, (await service.GetAsync("/v1/schedules")).GetArrayLength());
    }

    private static async Task<JsonElement> PutAsync(TestService service, string name, object request)
    {
        using var answer = await service.Admin.PutAsJsonAsync($"/v1/schedules/{name}", request);
        return await TestService.JsonAsync(answer, HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> PutJsonAsync(TestService service, string name, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await service.Admin.PutAsync($"/v1/schedules/{name}", content);
    }

    private static async Task<IReadOnlyList<JsonElement>> OfAsync(TestService service, string schedule) =>
        [.. (await service.GetAsync("/v1/trainings")).EnumerateArray().Where(training => training.Text("requested_by") == "schedule " + schedule)];

    private static IReadOnlyList<DateTime> Runs(JsonElement schedule) => [.. schedule.List("next_runs").Select(run => run.GetDateTime())];
}
