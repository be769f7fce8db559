using AnomalyApi.Security;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;

namespace AnomalyApi.Platform.OpenApi;

/// <summary>The OpenAPI document and Swagger UI.</summary>
internal static class OpenApiSetup
{
    private const string Description =
        """
        Sensors POST flow records; each gets a calibrated anomaly score, and is stored when the answer arrives.

        **A score is a false-alarm rate**: `score = -10 log10(p)`, where p is the share of normal traffic that scores at least as high.
        30 means one normal flow in a thousand, 40 one in ten thousand.

        Press **Authorize** and paste a key. The first admin key is in `data/admin.key`.
        """;

    public static void AddOpenApiDocument(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc("v1", new OpenApiInfo { Title = "AnomalyApi", Version = "v1", Description = Description });
            options.IncludeXmlComments(typeof(OpenApiSetup).Assembly, includeControllerXmlComments: true);
            options.IncludeXmlComments(typeof(Storage.Stores.HourCounts).Assembly);
            options.IncludeXmlComments(typeof(Flows.Formats.FlowRejection).Assembly);
            options.IncludeXmlComments(typeof(Detection.Scoring.Severity).Assembly);
            options.SupportNonNullableReferenceTypes();
            options.AddSecurityDefinition(ApiKeyAuthentication.SchemeName, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyAuthentication.HeaderName,
                Description = "An API key. The first one is in data/admin.key; it makes others at POST /v1/api-keys.",
            });
            options.CustomSchemaIds(SchemaName);
            options.OperationFilter<RoleOperationFilter>();
            options.OperationFilter<BatchOperationFilter>();
            options.OperationFilter<BodyExampleFilter>();
            options.OperationFilter<FileOperationFilter>();
            options.CustomOperationIds(OperationId);
            options.ParameterFilter<ParameterTextFilter>();
            options.SchemaFilter<EnumTextFilter>();
        });
    }

    public static void UseOpenApiDocument(this WebApplication app)
    {
        app.UseSwagger(options => options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_0);
        app.UseSwaggerUI(options =>
        {
            options.SwaggerEndpoint("/swagger/v1/swagger.json", "v1");
            options.DocumentTitle = "AnomalyApi";
            options.EnablePersistAuthorization();
            options.DisplayRequestDuration();
        });
    }

    // GET /v1/models/{version} becomes get_models_version: unique, and a fit name for a method of a generated client.
    private static string OperationId(ApiDescription api) => string.Join('_', [
        api.HttpMethod?.ToLowerInvariant() ?? "any",
        .. (api.RelativePath ?? "").Split(['/', '{', '}', '-'], StringSplitOptions.RemoveEmptyEntries).Where(part => part != "v1")]);

    private static string SchemaName(Type type) =>
        type.IsGenericType ? type.GetGenericArguments()[0].Name + type.Name.Split('`')[0] : type.Name;
}
