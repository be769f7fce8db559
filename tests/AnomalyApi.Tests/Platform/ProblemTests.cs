using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AnomalyApi.Storage;
using AnomalyApi.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Tests.Platform;

public sealed class ProblemTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly TestService _service = shared.Service;

    /// <summary>The same answer whatever the caller accepts: an error is no page.</summary>
    public static TheoryData<string> Accepted => ["", "*/*", "application/json", "text/html", "application/x-ndjson"];

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task Nothing_there_is_a_problem(string accept)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/v1/nothing", accept: accept);
        Assert.Equal("There is nothing at /v1/nothing.", await TestService.ProblemAsync(answer, HttpStatusCode.NotFound, "not-found"));
        var problem = await TestService.JsonAsync(answer, HttpStatusCode.NotFound);
        Assert.Equal("Not Found", problem.GetProperty("title").GetString());
        Assert.Equal("/v1/nothing", problem.GetProperty("instance").GetString());
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("trace_id").GetString());
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_method_that_is_not_there_is_a_problem(string accept)
    {
        using var answer = await SendAsync(HttpMethod.Put, "/v1/flows", accept: accept);
        Assert.Equal("PUT is not allowed here; see the Allow header.", await TestService.ProblemAsync(answer, HttpStatusCode.MethodNotAllowed, "method-not-allowed"));
        Assert.Equal(["GET", "POST"], answer.Content.Headers.Allow.Order());
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_body_that_is_not_JSON_is_a_problem(string accept)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/v1/trainings", "{\"kind\":", accept: accept);
        Assert.Equal("The body is not valid JSON at line 1, byte 9.", await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "bad-request"));
    }

    [Theory]
    [InlineData("{\"window\":24}", "'window' is not a field that is known here.")]
    [InlineData("{\"window_hours\":\"a day\"}", "'window_hours' has a value of the wrong kind.")]
    [InlineData("{\"kind\":null}", "'kind' must not be null; leave it out for its default.")]
    [InlineData("[]", "The body has a value of the wrong kind.")]
    [InlineData("", "Send a JSON object as the body.")]
    public async Task A_body_of_another_shape_is_a_problem_with_its_place(string body, string reason)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/v1/trainings", body);
        Assert.Contains(reason, await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "bad-request"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task A_malformed_body_is_answered_alike_in_every_environment(string environment)
    {
        await using var service = await TestService.StartAsync(settings: ("environment", environment));
        using var content = new StringContent("{\"kind\":", Encoding.UTF8, "application/json");
        using var answer = await service.Admin.PostAsync("/v1/trainings", content, TestContext.Current.CancellationToken);
        Assert.Equal(
            "The body is not valid JSON at line 1, byte 9.",
            await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "bad-request"));
    }

    [Fact]
    public async Task A_body_of_another_type_is_a_problem()
    {
        using var answer = await SendAsync(HttpMethod.Post, "/v1/trainings", "kind: fit", "application/yaml");
        Assert.Equal("Send application/json.", await TestService.ProblemAsync(answer, HttpStatusCode.UnsupportedMediaType, "unsupported-media-type"));
    }

    [Fact]
    public async Task Every_fault_of_a_query_is_named_in_one_answer()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/v1/anomalies?from=yesterday&port=70000&limit=0&severity=bad&order=up&min_score=nan&address=10.0.0.0/40&cursor=x");
        var detail = await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter");
        Assert.All(["from: ", "port: ", "limit: ", "severity: ", "order: ", "min_score: ", "address: ", "cursor: "], name => Assert.Contains(name, detail, StringComparison.Ordinal));
        var problem = await TestService.JsonAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(8, problem.GetProperty("errors").EnumerateObject().Count());
    }

    [Theory]
    [InlineData("/v1/anomalies?foo=bar", "foo: is not a parameter here. Known: ")]
    [InlineData("/v1/flows?severity=high", "severity: is not a parameter here. Known: ")]
    [InlineData("/v1/stats?form=2026-01-01", "form: is not a parameter here. Known: from, to.")]
    [InlineData("/v1/flows?cursor=so1-1", "cursor: 'so1-1' is not a cursor of this list in this order.")]
    [InlineData("/v1/anomalies?order=newest&cursor=so1-1", "cursor: 'so1-1' is not a cursor of this list in this order.")]
    public async Task A_parameter_that_would_be_passed_over_is_refused(string path, string reason)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        Assert.StartsWith(reason, await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_row_is_a_problem_that_says_where_to_look()
    {
        using var model = await SendAsync(HttpMethod.Get, "/v1/models/77");
        Assert.Equal("There is no model 77. GET /v1/models lists the versions there are.", await TestService.ProblemAsync(model, HttpStatusCode.NotFound, "not-found"));
        using var rollback = await SendAsync(HttpMethod.Post, "/v1/models/rollback");
        Assert.Equal("No other model was live before this one, so there is nothing to go back to.", await TestService.ProblemAsync(rollback, HttpStatusCode.Conflict, "no-earlier-model"));
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_fault_of_ours_is_a_500_that_gives_nothing_away(string accept)
    {
        await using var service = await TestService.StartAsync(settings: ("Logs:Level", "Fatal"));
        await using (var context = await service.Get<IDbContextFactory<AnomalyDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken))
        {
            // A row that an answer cannot be made of.
            context.Trainings.Add(new TrainingRow
            {
                Id = "broken",
                ModelName = "default",
                Trigger = "manual",
                Kind = "trained",
                Status = JobStatus.Succeeded,
                Request = "{ hidden text",
                CreatedAt = DateTime.UtcNow,
                FinishedAt = DateTime.UtcNow,
            });
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/trainings");
        Accept(request, accept);
        using var answer = await service.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(
            "The service failed on this request. The log has the reason under this trace_id.",
            await TestService.ProblemAsync(answer, HttpStatusCode.InternalServerError, "internal-error"));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("hidden", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    private static void Accept(HttpRequestMessage request, string accept)
    {
        if (accept.Length > 0)
        {
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json", string accept = "")
    {
        using var request = new HttpRequestMessage(method, path);
        Accept(request, accept);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        return await _service.Admin.SendAsync(request);
    }
}
