using System.Threading.RateLimiting;
using AnomalyApi.Platform.Configuration;
using AnomalyApi.Platform.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Security;

/// <summary>Keys, roles and rate limits. Every endpoint that does not say otherwise asks for a valid key.</summary>
internal static class SecuritySetup
{
    public static void AddSecurity(this IServiceCollection services)
    {
        services.AddCheckedOptions<SecurityOptions>("Security");
        services.AddSingleton<ApiKeyDirectory>();
        services.AddSingleton<FirstAdminKey>();
        services.AddHostedService<ApiKeyRefresh>();
        services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, configureOptions: null);

        var authorization = services.AddAuthorizationBuilder();
        authorization.SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var (role, grantedBy) in Roles.GrantedBy)
        {
            authorization.AddPolicy(role, policy => policy.RequireRole(grantedBy));
        }

        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<SecurityOptions>>(ConfigureLimits);
    }

    private static void ConfigureLimits(RateLimiterOptions limiter, IOptions<SecurityOptions> options)
    {
        // About ten times a second, in whole tokens, and exactly the rate that was asked for.
        var tokens = (options.Value.RequestsPerSecond + 9) / 10;
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.RequestBurst,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / options.Value.RequestsPerSecond),
            QueueLimit = 0,
        };
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
            // Callers without a valid key share a bucket by address, so that guessing keys is slow too.
            context.User.FindFirst(ApiKeyClaims.KeyId)?.Value ?? $"address {context.Connection.RemoteIpAddress}",
            _ => bucket));
        limiter.OnRejected = async (context, cancellationToken) =>
        {
            var retryAfter = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
            var problem = Problems.Details(
                StatusCodes.Status429TooManyRequests,
                "too-many-requests",
                "Too many requests",
                $"A key may send {options.Value.RequestsPerSecond} requests a second. Send more flows in each batch, or fewer requests.");
            await new RetryLater(problem, retryAfter).ExecuteAsync(context.HttpContext);
        };
    }
}
