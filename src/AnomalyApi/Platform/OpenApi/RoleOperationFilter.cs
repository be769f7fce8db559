using AnomalyApi.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace AnomalyApi.Platform.OpenApi;

/// <summary>Says which calls ask for a key, and for which role.</summary>
internal sealed class RoleOperationFilter : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            return;
        }

        operation.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKeyAuthentication.SchemeName, context.Document)] = [] },
        ];
        var role = metadata.OfType<IAuthorizeData>().LastOrDefault(data => data.Policy is not null)?.Policy;
        if (role is not null)
        {
            operation.Description = $"{operation.Description}\n\nRole: **{role}** (granted by {string.Join(", ", Roles.GrantedBy[role])}).".Trim();
        }
    }
}
