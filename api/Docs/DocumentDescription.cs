using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Platform.Api.Docs;

/// <summary>The parts of the document that are the same for every call: title, ways to sign in, groups, headers, the problem document with its closed set of codes.</summary>
internal static class DocumentDescription
{
    public static Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Session and tenant platform",
            Version = "1",
            Description =
                "JSON is camelCase, times are RFC 3339 in UTC, durations ISO 8601. Unknown members of a body and unknown parameters of the query are refused with 400, with the nearest right name; "
                + "answers may get new members. Errors are problem documents (RFC 9457) with a code of a closed set. Unknown, foreign and forbidden things answer 404 alike.",
            Contact = new OpenApiContact { Name = "The operators of this platform" },
            License = new OpenApiLicense { Name = "Apache License 2.0", Identifier = "Apache-2.0" },
        };

        // Relative: the document does not repeat what a Host header claims.
        document.Servers = [new OpenApiServer { Url = "/", Description = "The host that answered this document." }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = SecuritySchemes.All();
        AnswerHeaders.AddTo(document);
        ProblemAnswers.AddSchema(document);
        AnswerSchemas.Tidy(document);
        SignInAnswers.Split(document);
        Tags.Describe(document);
        foreach (var call in ApiDescription.CallsOf(document)) Examples.AddAnswers(call.Operation);
        return Task.CompletedTask;
    }
}
