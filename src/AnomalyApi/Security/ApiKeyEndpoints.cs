using AnomalyApi.Platform.OpenApi;
using AnomalyApi.Platform.Problems;
using AnomalyApi.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace AnomalyApi.Security;

/// <summary>Keys for sensors, SIEMs and people.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/api-keys").WithTags("API keys").RequireAuthorization(Roles.Admin).WithStandardProblems();
        group.MapGet("/", ListAsync).WithSummary("List the API keys");
        group.MapPost("/", CreateAsync).WithSummary("Make an API key").WithBodyExample("""{"name":"zeek at the office router","roles":["sensor"]}""");
        group.MapDelete("/{id}", RevokeAsync).WithSummary("Revoke an API key").WithProblems(404, 409);
    }

    /// <remarks>All keys that were ever made, newest first. Secrets are not stored and cannot be shown again.</remarks>
    private static async Task<Ok<IReadOnlyList<ApiKeyView>>> ListAsync(
        IDbContextFactory<AnomalyDbContext> contexts, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.ApiKeys.AsNoTracking().OrderByDescending(key => key.CreatedAt).ToListAsync(cancellationToken);
        return TypedResults.Ok<IReadOnlyList<ApiKeyView>>([.. rows.Select(row => ApiKeyView.Of(row, secret: null))]);
    }

    /// <remarks>The answer holds the key itself, this one time only.</remarks>
    private static async Task<Results<Created<ApiKeyView>, ProblemHttpResult>> CreateAsync(
        NewApiKey request, HttpContext http, ApiKeyDirectory keys, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>();
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 100 || request.Name.Any(char.IsControl))
        {
            errors["name"] = ["must have 1 to 100 characters and no control characters."];
        }

        var unknown = request.Roles.Where(role => role is null || !Roles.GrantedBy.ContainsKey(role)).ToList();
        if (unknown.Count > 0)
        {
            errors["roles"] = [$"'{string.Join(", ", unknown)}' is not one of: {string.Join(", ", Roles.GrantedBy.Keys)}."];
        }
        else if (request.Roles.Count == 0)
        {
            errors["roles"] = [$"must name at least one of: {string.Join(", ", Roles.GrantedBy.Keys)}."];
        }

        if (request.ExpiresAt is { } expiry && expiry <= time.GetUtcNow())
        {
            errors["expires_at"] = ["must lie in the future."];
        }

        if (errors.Count > 0)
        {
            return Problems.InvalidParameters(errors);
        }

        var secret = ApiKeySecret.Create();
        var row = await keys.AddAsync(
            secret, request.Name, request.Roles.Distinct(), request.ExpiresAt?.UtcDateTime, http.User.Identity?.Name ?? "-", cancellationToken);
        return TypedResults.Created($"/v1/api-keys/{row.Id}", ApiKeyView.Of(row, secret.Text));
    }

    /// <remarks>The key is refused at once by this process, and by others within Security:KeyRefresh.</remarks>
    /// <param name="id" example="0a1b2c3d4e5f">The key's public id.</param>
    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string id, ApiKeyDirectory keys, CancellationToken cancellationToken) =>
        await keys.RevokeAsync(id, cancellationToken) switch
        {
            Revocation.Done => TypedResults.NoContent(),
            Revocation.LastAdmin => Problems.Conflict(
                "last-admin-key", "This is the last admin key", "Without it nobody could make keys any more. Make another admin key that does not expire first."),
            _ => Problems.NotFound($"There is no live API key '{ErrorText.Shorten(id)}'."),
        };
}
