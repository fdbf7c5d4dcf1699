using Microsoft.OpenApi;
using Platform.Api.Admission;

namespace Platform.Api.Docs;

internal static class DocsExtensions
{
    public const string Document = "v1";

    public static void AddDocs(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DocsPage>();
        builder.Services.AddSingleton<SnippetPage>();
        builder.Services.AddSingleton<OpenApiFile>();
        builder.Services.AddSingleton<SecurityTxt>();
        builder.Services.AddSingleton<SecurityPage>();
        builder.Services.AddOptions<SecurityTxtOptions>().BindConfiguration(SecurityTxtOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SecurityTxtOptions>, SecurityTxtOptionsValidator>();
        builder.Services.AddOpenApi(Document, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer(DocumentDescription.TransformAsync);
            options.AddOperationTransformer(OperationDescription.TransformAsync);
            options.AddSchemaTransformer(SchemaDescription.TransformAsync);
        });
    }

    public static void MapDocs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet($"/openapi/{Document}.json", OpenApiFile.GetAsync).InClass(CallClass.Free).ExcludeFromDescription();
        routes.MapGet("/", static () => Results.Redirect("/docs")).InClass(CallClass.Free).ExcludeFromDescription();
        routes.MapGet("/docs", DocsPage.GetAsync).InClass(CallClass.Free).ExcludeFromDescription();
        routes.MapGet("/docs/snippet", SnippetPage.Get).InClass(CallClass.Free).ExcludeFromDescription();
        routes.MapGet("/security", SecurityPage.Get).InClass(CallClass.Free).ExcludeFromDescription();
        routes.MapGet("/.well-known/security.txt", SecurityTxt.Get).InClass(CallClass.Free).ExcludeFromDescription();
    }
}
