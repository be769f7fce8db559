using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AnomalyApi.Security;
using AnomalyApi.Storage.Providers;
using AnomalyApi.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AnomalyApi.Tests;

/// <summary>The whole service on a real socket, with a fresh database and data directory of its own.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Factory _factory;
    private readonly string _folder;
    private readonly bool _ownsFolder;

    private TestService(Dictionary<string, string> settings, string folder, bool ownsFolder)
    {
        Settings = settings;
        _folder = folder;
        _ownsFolder = ownsFolder;
        _factory = new Factory(settings);
        _factory.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _factory.StartServer();
        var addresses = _factory.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Address = new Uri(addresses.Single());
        AdminKey = File.ReadAllText(Path.Combine(folder, FirstAdminKey.FileName));
        Admin = Client(AdminKey);
    }

    /// <summary>Every storage provider there is: a new one is tested when it is registered.</summary>
    public static TheoryData<string> Providers => new(StorageProviderCatalog.All.Select(provider => provider.Name));

    /// <summary>What the service was started with.</summary>
    public Dictionary<string, string> Settings { get; }

    public Uri Address { get; }

    public string AdminKey { get; }

    /// <summary>A client that holds the first admin key.</summary>
    public HttpClient Admin { get; }

    /// <summary>Starts the service on an empty database.</summary>
    /// <param name="provider">A name of the provider catalog; <paramref name="server"/> is needed for postgres.</param>
    public static async Task<TestService> StartAsync(
        string provider = "sqlite", PostgresServer? server = null, params (string Key, string Value)[] settings)
    {
        var folder = Path.Combine(Path.GetTempPath(), "anomaly-service-" + Guid.NewGuid().ToString("N")[..10]);
        var all = new Dictionary<string, string> { ["DataDirectory"] = folder, ["Logs:Level"] = "Error", ["Training:PollInterval"] = "00:00:00.1" };
        if (provider == "postgres")
        {
            all["Storage:ConnectionString"] = await server!.CreateDatabaseAsync();
        }

        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return new TestService(all, folder, ownsFolder: true);
    }

    /// <summary>Stops the service and starts it again on the same database.</summary>
    public async Task<TestService> RestartAsync(params (string Key, string Value)[] settings)
    {
        await _factory.DisposeAsync();
        Admin.Dispose();
        var all = new Dictionary<string, string>(Settings);
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return new TestService(all, _folder, _ownsFolder);
    }

    /// <summary>Starts another process's worth of service on the same database and data directory.</summary>
    public TestService StartBeside(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(Settings);
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return new TestService(all, _folder, ownsFolder: false);
    }

    /// <summary>A service of the running host.</summary>
    public T Get<T>()
        where T : notnull => _factory.Services.GetRequiredService<T>();

    /// <summary>A client with a key, or with none.</summary>
    public HttpClient Client(string? key)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = Patience };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add(ApiKeyAuthentication.HeaderName, key);
        }

        return client;
    }

    /// <summary>A client whose new key has these roles.</summary>
    public async Task<HttpClient> ClientWithAsync(params string[] roles)
    {
        using var answer = await Admin.PostAsJsonAsync("/v1/api-keys", new { name = "test", roles });
        return Client((await JsonAsync(answer, HttpStatusCode.Created)).GetProperty("key").GetString());
    }

    /// <summary>POSTs a body of flows.</summary>
    public Task<HttpResponseMessage> PostAsync(byte[] body, string contentType = "application/x-ndjson", string path = "/v1/flows", string? key = null, string? encoding = null) =>
        SendFlowsAsync(Admin, body, contentType, path, key, encoding);

    /// <summary>POSTs a body of flows as somebody else.</summary>
    public static async Task<HttpResponseMessage> SendFlowsAsync(
        HttpClient client, byte[] body, string contentType = "application/x-ndjson", string path = "/v1/flows", string? key = null, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await client.SendAsync(request);
    }

    /// <summary>GETs JSON as the admin and asserts 200.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Admin.GetAsync(path);
        return await JsonAsync(answer, HttpStatusCode.OK);
    }

    /// <summary>Asserts the status and reads the body.</summary>
    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{(int)answer.StatusCode} instead of {(int)expected}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Asserts a problem document with this status and type, and returns its detail.</summary>
    public static async Task<string> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string type)
    {
        var problem = await JsonAsync(answer, status);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("urn:anomaly-api:problem:" + type, problem.GetProperty("type").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
        return problem.GetProperty("detail").GetString()!;
    }

    /// <summary>Waits until <paramref name="isSo"/>; fails when it does not come to be.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo())
        {
            Assert.False(patience.IsCancellationRequested, $"It did not come to be within {Patience.TotalSeconds} s: {what}.");
            await Task.Delay(20);
        }
    }

    /// <summary>POSTs enough ordinary flows for the first model, and waits until it is live and everything stored has a score.</summary>
    public async Task LearnAsync(int flows = 2_000, ulong seed = 1)
    {
        using var answer = await PostAsync(OfficeTraffic.Ndjson(flows, seed));
        await JsonAsync(answer, HttpStatusCode.OK);
        await UntilAsync(async () => (await GetAsync("/v1/stats")).GetProperty("learning_status").GetProperty("state").GetString() == "ready", "a first model");
        await UntilAsync(
            async () => (await GetAsync("/v1/flows?limit=1000")).GetProperty("items").EnumerateArray().All(flow => flow.GetProperty("score").ValueKind == JsonValueKind.Number),
            "scores for the flows stored before");
    }

    /// <summary>Waits until a training has ended, and returns it.</summary>
    public async Task<JsonElement> TrainedAsync(string id)
    {
        var training = default(JsonElement);
        await UntilAsync(
            async () =>
            {
                training = await GetAsync($"/v1/trainings/{id}");
                return training.GetProperty("status").GetString() is "succeeded" or "failed" or "cancelled";
            },
            "the end of a training");
        return training;
    }

    /// <summary>Starts a training and waits until it has ended well; returns the version it made.</summary>
    public async Task<int> TrainAsync(object request)
    {
        using var answer = await Admin.PostAsJsonAsync("/v1/trainings", request);
        var training = await TrainedAsync((await JsonAsync(answer, HttpStatusCode.Accepted)).GetProperty("id").GetString()!);
        Assert.True(training.GetProperty("status").GetString() == "succeeded", training.ToString());
        return training.GetProperty("model_version").GetInt32();
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _factory.DisposeAsync();
        if (_ownsFolder && Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private sealed class Factory(Dictionary<string, string> settings) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key, value);
            }
        }
    }
}
