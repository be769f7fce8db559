using System.Net;
using System.Text;
using System.Text.Json;

namespace AnomalyApi.Tests.Platform;

/// <summary>What Swagger UI shows, and that it works when it is pressed.</summary>
public sealed class OpenApiTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly TestService _service = shared.Service;

    [Fact]
    public async Task Every_operation_says_what_it_does_and_what_it_answers()
    {
        var document = await DocumentAsync(_service);
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var ids = new HashSet<string>();
        foreach (var (name, operation) in Operations(document))
        {
            Assert.True(Has(operation, "summary"), $"{name} has no summary.");
            Assert.True(operation.GetProperty("tags").GetArrayLength() == 1, $"{name} has no tag.");
            Assert.True(ids.Add(operation.GetProperty("operationId").GetString()!), $"{name} has an operationId that stands twice.");
            CheckAnswers(name, operation);
            if (operation.TryGetProperty("parameters", out var parameters))
            {
                Assert.All(parameters.EnumerateArray(), parameter => Assert.True(Has(parameter, "description"), $"{name}: {parameter} is not described."));
                Assert.All(
                    parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path"),
                    parameter => Assert.True(parameter.TryGetProperty("example", out _), $"{name}: {parameter} has no example."));
            }

            if (operation.TryGetProperty("requestBody", out var body))
            {
                Assert.All(
                    body.GetProperty("content").EnumerateObject().Where(media => !IsFile(media.Value)),
                    media => Assert.True(media.Value.TryGetProperty("example", out _), $"{name}: {media.Name} has no example."));
            }

            var isOpen = name.Contains("/health/", StringComparison.Ordinal);
            Assert.True(isOpen != operation.TryGetProperty("security", out _), $"{name} is {(isOpen ? "open" : "guarded")}, and the document says otherwise.");
        }

        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("ApiKey");
        Assert.Equal(("apiKey", "header", "X-Api-Key"), (scheme.GetProperty("type").GetString(), scheme.GetProperty("in").GetString(), scheme.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Every_field_of_every_answer_is_described()
    {
        var schemas = (await DocumentAsync(_service)).GetProperty("components").GetProperty("schemas");
        foreach (var schema in schemas.EnumerateObject().Where(schema => !schema.Name.Contains("ProblemDetails", StringComparison.Ordinal)))
        {
            if (schema.Value.TryGetProperty("properties", out var fields))
            {
                Assert.All(
                    fields.EnumerateObject(),
                    field => Assert.True(Has(field.Value, "description") || field.Value.TryGetProperty("$ref", out _), $"{schema.Name}.{field.Name} is not described."));
            }
        }
    }

    [Fact]
    public async Task What_Try_it_out_sends_works_on_a_fresh_service()
    {
        await using var service = await TestService.StartAsync();
        var document = await DocumentAsync(service);
        var ran = 0;
        // What makes things before what reads and removes them, as a newcomer would go about it.
        foreach (var (name, operation) in Operations(document).OrderBy(pair => pair.Name.StartsWith("DELETE", StringComparison.Ordinal)))
        {
            var bodies = operation.TryGetProperty("requestBody", out var body)
                ? body.GetProperty("content").EnumerateObject().Where(media => !IsFile(media.Value)).Select(media => (Type: media.Name, Example: media.Value.GetProperty("example"))).ToList()
                : [("", default)];
            foreach (var (type, example) in bodies)
            {
                using var request = new HttpRequestMessage(new HttpMethod(name.Split(' ')[0]), PathOf(name, operation));
                if (type.Length > 0)
                {
                    // Swagger UI sends text as it stands and everything else as JSON.
                    var text = example.ValueKind == JsonValueKind.String ? example.GetString()! : example.GetRawText();
                    request.Content = new StringContent(text, Encoding.UTF8, type);
                }

                using var answer = await service.Admin.SendAsync(request, TestContext.Current.CancellationToken);
                var said = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                var status = (int)answer.StatusCode;
                Assert.True(operation.GetProperty("responses").TryGetProperty($"{status}", out _), $"{name} {type} answered {status}, which is not documented: {said}");
                // Nothing of that id is there yet, or nothing to go back to: that much is documented, too.
                Assert.True(status is < 300 or 404 or 409, $"{name} {type} answered {status}: {said}");
                Assert.True(status < 300 || type.Length == 0, $"{name} {type} has an example that is answered {status}: {said}");
                if (type.Length > 0 && name.Contains("/v1/flows", StringComparison.Ordinal))
                {
                    Assert.Equal(0, JsonSerializer.Deserialize<JsonElement>(said).GetProperty("rejected").GetInt32());
                }

                ran++;
            }
        }

        Assert.True(ran > 25, $"Only {ran} calls.");
    }

    // What Swagger UI picks from the disk has no example.
    private static bool IsFile(JsonElement media)
    {
        var schema = media.GetProperty("schema");
        return IsBinary(schema) || (schema.TryGetProperty("properties", out var fields) && fields.EnumerateObject().Any(field => IsBinary(field.Value)));

        static bool IsBinary(JsonElement schema) => schema.TryGetProperty("format", out var format) && format.GetString() == "binary";
    }

    [Fact]
    public async Task The_page_is_served_to_everybody()
    {
        using var nobody = _service.Client(null);
        using var page = await nobody.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.StartsWith("/swagger", page.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains("swagger-ui", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var script = await nobody.GetAsync("/swagger/swagger-ui-bundle.js", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
    }

    private static void CheckAnswers(string name, JsonElement operation)
    {
        var answers = operation.GetProperty("responses").EnumerateObject().ToList();
        Assert.True(answers.Any(answer => answer.Name[0] == '2'), $"{name} documents no success.");
        foreach (var answer in answers)
        {
            Assert.True(Has(answer.Value, "description"), $"{name} {answer.Name} is not described.");
            if (answer.Name == "204")
            {
                continue;
            }

            Assert.True(answer.Value.TryGetProperty("content", out var content), $"{name} {answer.Name} has no type.");
            var expected = answer.Name[0] == '2' || name.Contains("/health/", StringComparison.Ordinal) ? "application/json" : "application/problem+json";
            Assert.True(content.TryGetProperty(expected, out var media) && media.TryGetProperty("schema", out _), $"{name} {answer.Name} is not {expected}: {content}");
        }

        if (!name.Contains("/health/", StringComparison.Ordinal))
        {
            Assert.All(["400", "401", "403", "429", "500", "503"], status => Assert.True(answers.Any(answer => answer.Name == status), $"{name} does not document {status}."));
        }
    }

    private static bool Has(JsonElement element, string text) =>
        element.TryGetProperty(text, out var value) && !string.IsNullOrWhiteSpace(value.GetString());

    private static async Task<JsonElement> DocumentAsync(TestService service)
    {
        using var nobody = service.Client(null);
        using var answer = await nobody.GetAsync("/swagger/v1/swagger.json", TestContext.Current.CancellationToken);
        return await TestService.JsonAsync(answer, HttpStatusCode.OK);
    }

    private static IEnumerable<(string Name, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);

    // Required parameters only: the page leaves the others empty.
    private static string PathOf(string name, JsonElement operation)
    {
        var path = name.Split(' ')[1];
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path"))
            {
                path = path.Replace($"{{{parameter.GetProperty("name").GetString()}}}", parameter.GetProperty("example").ToString(), StringComparison.Ordinal);
            }
        }

        return path;
    }
}
