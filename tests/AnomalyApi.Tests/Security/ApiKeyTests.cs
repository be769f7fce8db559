using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using AnomalyApi.Security;
using AnomalyApi.Storage;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Tests.Security;

public sealed class ApiKeyTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly TestService _service = shared.Service;

    [Fact]
    public async Task A_new_key_works_at_once_and_a_revoked_one_no_longer()
    {
        using var made = await _service.Admin.PostAsJsonAsync("/v1/api-keys", new { name = "for a while", roles = new[] { "reader" } });
        var key = await TestService.JsonAsync(made, HttpStatusCode.Created);
        var id = key.GetProperty("id").GetString()!;
        Assert.Equal($"/v1/api-keys/{id}", made.Headers.Location?.OriginalString);
        Assert.Equal("for a while", key.GetProperty("name").GetString());
        Assert.Equal(_service.AdminKey.Split('_')[1], key.GetProperty("created_by").GetString());
        Assert.StartsWith($"anm_{id}_", key.GetProperty("key").GetString(), StringComparison.Ordinal);

        using var client = _service.Client(key.GetProperty("key").GetString());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client));
        using var revoked = await _service.Admin.DeleteAsync($"/v1/api-keys/{id}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client));
        using var again = await _service.Admin.DeleteAsync($"/v1/api-keys/{id}");
        Assert.Equal($"There is no live API key '{id}'.", await TestService.ProblemAsync(again, HttpStatusCode.NotFound, "not-found"));
    }

    [Fact]
    public async Task Lists_hold_neither_secrets_nor_hashes()
    {
        using var made = await _service.Admin.PostAsJsonAsync("/v1/api-keys", new { name = "listed", roles = new[] { "sensor", "sensor" } });
        var key = await TestService.JsonAsync(made, HttpStatusCode.Created);
        var secret = key.GetProperty("key").GetString()!;
        var list = await _service.Admin.GetStringAsync("/v1/api-keys");
        Assert.Contains(key.GetProperty("id").GetString()!, list, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Split('_')[2], list, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", list, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["sensor"], key.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));

        // Nor does the database: what is stored cannot be sent.
        await using var context = await _service.Get<IDbContextFactory<AnomalyDbContext>>().CreateDbContextAsync();
        var stored = await context.ApiKeys.SingleAsync(row => row.Name == "listed");
        Assert.Equal(32, stored.Hash.Length);
        Assert.False(stored.Hash.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(secret)));
    }

    [Fact]
    public async Task A_key_ends_at_its_time()
    {
        var expiry = DateTimeOffset.UtcNow.AddSeconds(1.5);
        using var made = await _service.Admin.PostAsJsonAsync("/v1/api-keys", new { name = "short", roles = new[] { "reader" }, expires_at = expiry });
        using var client = _service.Client((await TestService.JsonAsync(made, HttpStatusCode.Created)).GetProperty("key").GetString());
        var first = await StatusAsync(client);
        if (DateTimeOffset.UtcNow < expiry)
        {
            Assert.Equal(HttpStatusCode.OK, first);
        }

        await TestService.UntilAsync(async () => await StatusAsync(client) == HttpStatusCode.Unauthorized, "the end of the key");
        Assert.True(DateTimeOffset.UtcNow >= expiry);
    }

    [Theory]
    [InlineData("""{"name":"x","roles":["root"]}""", "roles: 'root' is not one of: sensor, reader, analyst, operator, admin.")]
    [InlineData("""{"name":"x","roles":[]}""", "roles: must name at least one of: sensor, reader, analyst, operator, admin.")]
    [InlineData("""{"name":"x","roles":[null]}""", "roles: '' is not one of: sensor, reader, analyst, operator, admin.")]
    [InlineData("""{"name":" ","roles":["reader"]}""", "name: must have 1 to 100 characters and no control characters.")]
    [InlineData("""{"name":"x","roles":["reader"],"expires_at":"2001-01-01T00:00:00Z"}""", "expires_at: must lie in the future.")]
    public async Task A_key_that_makes_no_sense_is_not_made(string body, string reason)
    {
        using var answer = await PostAsync(body);
        Assert.Equal(reason, await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid-parameter"));
    }

    [Theory]
    [InlineData("""{"name":null,"roles":["reader"]}""")]
    [InlineData("""{"name":"x","roles":null}""")]
    [InlineData("""{"name":"x","roles":["reader"],"role":"admin"}""")]
    [InlineData("null")]
    public async Task A_body_of_another_shape_is_a_bad_request(string body)
    {
        using var answer = await PostAsync(body);
        await TestService.ProblemAsync(answer, HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task A_key_may_come_as_a_bearer_token()
    {
        using var client = _service.Client(null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _service.AdminKey);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("bearer", _service.AdminKey);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", _service.AdminKey);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client));
    }

    [Theory]
    [InlineData("")]
    [InlineData("anm_")]
    [InlineData("anm_0123456789ab")]
    [InlineData("anm_0123456789ab_")]
    [InlineData("' or 1=1 --")]
    public async Task A_text_that_is_no_key_is_refused(string text)
    {
        using var client = _service.Client(null);
        client.DefaultRequestHeaders.TryAddWithoutValidation(ApiKeyAuthentication.HeaderName, text);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client));
    }

    [Fact]
    public async Task A_key_with_one_wrong_letter_is_refused()
    {
        foreach (var place in new[] { 0, 4, 16, _service.AdminKey.Length - 1 })
        {
            var letters = _service.AdminKey.ToCharArray();
            letters[place] = letters[place] == 'f' ? 'e' : 'f';
            using var client = _service.Client(new string(letters));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client));
        }

        using var longer = _service.Client(_service.AdminKey + "0");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(longer));
    }

    [Fact]
    public void The_first_key_is_for_the_eyes_of_its_owner()
    {
        var path = _service.Get<FirstAdminKey>().Path;
        Assert.Equal(_service.AdminKey, File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public async Task Another_start_makes_no_other_first_key()
    {
        var service = await TestService.StartAsync();
        var key = service.AdminKey;
        service = await service.RestartAsync();
        await using (service)
        {
            Assert.Equal(key, service.AdminKey);
            Assert.Single((await service.GetAsync("/v1/api-keys")).EnumerateArray());
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/v1/stats");
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _service.Admin.PostAsync("/v1/api-keys", content);
    }

    [Fact]
    public async Task The_last_admin_key_cannot_be_revoked()
    {
        await using var service = await TestService.StartAsync();
        var first = (await service.GetAsync("/v1/api-keys"))[0].GetProperty("id").GetString();
        using var refused = await service.Admin.DeleteAsync($"/v1/api-keys/{first}", TestContext.Current.CancellationToken);
        await TestService.ProblemAsync(refused, HttpStatusCode.Conflict, "last-admin-key");

        using var second = await service.ClientWithAsync("admin");
        using var revoked = await second.DeleteAsync($"/v1/api-keys/{first}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
    }
}
