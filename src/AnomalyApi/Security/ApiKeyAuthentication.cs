using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Security;

/// <summary>Recognises a caller by <c>X-Api-Key</c>, or by <c>Authorization: Bearer</c> for clients that can only send that.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyDirectory keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string HeaderName = "X-Api-Key";
    private const string BearerPrefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var text = Request.Headers[HeaderName].ToString();
        var authorization = Request.Headers.Authorization.ToString();
        if (text.Length == 0 && authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            text = authorization[BearerPrefix.Length..].Trim();
        }

        if (text.Length == 0)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (keys.Recognise(text) is not { } key)
        {
            return Task.FromResult(AuthenticateResult.Fail("The API key is not known, has expired or was revoked."));
        }

        var identity = new ClaimsIdentity(SchemeName, ApiKeyClaims.KeyId, ClaimTypes.Role);
        identity.AddClaim(new Claim(ApiKeyClaims.KeyId, key.Id));
        foreach (var role in key.Roles.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            identity.AddClaim(new Claim(ClaimTypes.Role, role));
        }

        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = SchemeName;
        return base.HandleChallengeAsync(properties);
    }
}
