using Microsoft.OpenApi;
using Platform.Api.Admission;
using Platform.Api.Binding;

namespace Platform.Api.Docs;

internal static class DocsExtensions
{
    public const string Document = "v1";

    private const string Html = "text/html";

    public static void AddDocs(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ApiDescription>();
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
            options.CreateSchemaReferenceId = SchemaNames.Of;
            options.AddDocumentTransformer(DocumentDescription.TransformAsync);
            options.AddOperationTransformer(OperationDescription.TransformAsync);
            options.AddSchemaTransformer(SchemaDescription.TransformAsync);
        });
    }

    public static void MapDocs(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags(Tags.Documents).InClass(CallClass.Free);
        group.MapGet("/", static () => Results.Redirect("/docs")).ExcludeFromDescription();

        group.MapGet($"/openapi/{Document}.json", OpenApiFile.GetAsync).WithName("getOpenApiDocument").WithSummary("Read this document")
            .WithDescription("The OpenAPI document. It stays the same until the platform's next version.").AnswersAsFile("application/json");
        group.MapGet("/docs", DocsPage.GetAsync).WithName("showDocumentation").WithSummary("Read the documentation")
            .WithDescription("Chapters, and every call with examples, as one page that runs no script of others.").AnswersAsFile(Html);
        group.MapGet("/docs/snippet", SnippetPage.Get).WithName("showSnippetGuide").WithSummary("Read how pages get sessions")
            .WithDescription("For developers of a tenant's pages: the script, its events, and what a back end does.").AnswersAsFile(Html);
        group.MapGet("/security", SecurityPage.Get).WithName("showSecurityPolicy").WithSummary("Read the vulnerability policy")
            .WithDescription("What those who look for vulnerabilities may do and may expect, with a form for reports.").AnswersAsFile(Html);
        group.MapGet("/.well-known/security.txt", SecurityTxt.Get).WithName("getSecurityTxt").WithSummary("Read security.txt")
            .WithDescription("Where to report vulnerabilities (RFC 9116).").AnswersAsFile("text/plain");
    }

    /// <summary>A file that a browser asks for again with its entity tag.</summary>
    private static void AnswersAsFile(this RouteHandlerBuilder builder, string mediaType) =>
        builder.AnswersAs(mediaType).AnswersWith("ETag").Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status304NotModified);
}
