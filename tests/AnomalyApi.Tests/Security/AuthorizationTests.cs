using System.Net;
using AnomalyApi.Security;
using Microsoft.AspNetCore.Routing;

namespace AnomalyApi.Tests.Security;

/// <summary>Who may call what, over every endpoint there is.</summary>
public sealed class AuthorizationTests(SharedService shared) : IClassFixture<SharedService>
{
    private static readonly string[] Anonymous = ["GET /", "GET /health/live", "GET /health/ready", "GET /metrics"];

    /// <summary>The role each endpoint asks for. A new endpoint needs a line here, so that somebody has thought about it.</summary>
    private static readonly Dictionary<string, string> RoleOf = new()
    {
        ["POST /v1/flows"] = Roles.Sensor,
        ["POST /v1/scores"] = Roles.Sensor,
        ["POST /v1/captures/"] = Roles.Sensor,
        ["GET /v1/captures/"] = Roles.Reader,
        ["GET /v1/captures/{id}"] = Roles.Reader,
        ["DELETE /v1/captures/{id}"] = Roles.Sensor,
        ["GET /v1/collectors/"] = Roles.Reader,
        ["GET /v1/flows"] = Roles.Reader,
        ["GET /v1/stats"] = Roles.Reader,
        ["GET /v1/anomalies/"] = Roles.Reader,
        ["GET /v1/anomalies/{id:long}"] = Roles.Reader,
        ["GET /v1/models/"] = Roles.Reader,
        ["GET /v1/models/active"] = Roles.Reader,
        ["GET /v1/detectors/"] = Roles.Reader,
        ["GET /v1/models/{version:int}"] = Roles.Reader,
        ["POST /v1/models/{version:int}/activation"] = Roles.Operator,
        ["POST /v1/models/rollback"] = Roles.Operator,
        ["GET /v1/trainings/"] = Roles.Reader,
        ["POST /v1/trainings/"] = Roles.Operator,
        ["GET /v1/trainings/{id}"] = Roles.Reader,
        ["DELETE /v1/trainings/{id}"] = Roles.Operator,
        ["GET /v1/schedules/"] = Roles.Reader,
        ["GET /v1/schedules/{name}"] = Roles.Reader,
        ["PUT /v1/schedules/{name}"] = Roles.Operator,
        ["DELETE /v1/schedules/{name}"] = Roles.Operator,
        ["GET /v1/api-keys/"] = Roles.Admin,
        ["POST /v1/api-keys/"] = Roles.Admin,
        ["DELETE /v1/api-keys/{id}"] = Roles.Admin,
    };

    private readonly TestService _service = shared.Service;

    [Fact]
    public void Every_endpoint_has_a_role_or_is_meant_to_be_open() =>
        Assert.Equal(RoleOf.Keys.Concat(Anonymous).Order(StringComparer.Ordinal), Endpoints().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Without_a_valid_key_nothing_but_the_open_endpoints_answers()
    {
        using var nobody = _service.Client(null);
        using var stranger = _service.Client("anm_000000000000_" + new string('0', 64));
        foreach (var endpoint in Endpoints().Except(Anonymous))
        {
            foreach (var client in new[] { nobody, stranger })
            {
                using var answer = await SendAsync(client, endpoint);
                Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{endpoint} answered {answer.StatusCode}.");
                Assert.Equal("Send a valid API key in the X-Api-Key header.", await TestService.ProblemAsync(answer, HttpStatusCode.Unauthorized, "unauthorized"));
                Assert.Equal("ApiKey", answer.Headers.WwwAuthenticate.Single().Scheme);
            }
        }

        foreach (var endpoint in Anonymous)
        {
            using var answer = await SendAsync(nobody, endpoint);
            Assert.True((int)answer.StatusCode < 400, $"{endpoint} answered {answer.StatusCode}.");
        }
    }

    [Theory]
    [InlineData("sensor", "sensor")]
    [InlineData("reader", "reader")]
    [InlineData("analyst", "analyst,reader")]
    [InlineData("operator", "operator,reader")]
    [InlineData("admin", "sensor,reader,analyst,operator,admin")]
    public async Task A_role_opens_what_it_includes_and_nothing_else(string role, string includes)
    {
        using var client = await _service.ClientWithAsync(role);
        foreach (var (endpoint, needed) in RoleOf)
        {
            using var answer = await SendAsync(client, endpoint);
            if (includes.Split(',').Contains(needed))
            {
                Assert.True(answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden), $"{role} may call {endpoint}, but was answered {answer.StatusCode}.");
            }
            else
            {
                Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{role} may not call {endpoint}, but was answered {answer.StatusCode}.");
                Assert.Equal("The API key is valid, but has none of the roles that this call asks for.", await TestService.ProblemAsync(answer, HttpStatusCode.Forbidden, "forbidden"));
            }
        }
    }

    [Fact]
    public async Task A_key_with_two_roles_may_do_what_either_may()
    {
        using var client = await _service.ClientWithAsync("sensor", "reader");
        using var posted = await TestService.SendFlowsAsync(client, SomeBodies.Ndjson);
        using var read = await client.GetAsync("/v1/stats", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (posted.StatusCode, read.StatusCode));
    }

    [Fact]
    public async Task An_unknown_path_tells_a_stranger_nothing()
    {
        using var nobody = _service.Client(null);
        using var answer = await nobody.GetAsync("/v1/secret-plans", TestContext.Current.CancellationToken);
        await TestService.ProblemAsync(answer, HttpStatusCode.Unauthorized, "unauthorized");
    }

    private List<string> Endpoints() =>
    [
        .. _service.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
            endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}")),
    ];

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string endpoint)
    {
        var (method, path) = (endpoint.Split(' ')[0], endpoint.Split(' ')[1]);
        path = path.Replace("{id:long}", "987654", StringComparison.Ordinal)
            .Replace("{version:int}", "987654", StringComparison.Ordinal)
            .Replace("{id}", "nobody", StringComparison.Ordinal)
            .Replace("{name}", "nothing", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        return await client.SendAsync(request);
    }
}
