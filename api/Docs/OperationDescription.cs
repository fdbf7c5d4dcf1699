using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Sessions;
using Platform.Api.Snippets;

namespace Platform.Api.Docs;

/// <summary>Documents body, parameters, sign-in, answers and refusals of a call from what its endpoint requires, so that the document cannot drift from the code.</summary>
internal static class OperationDescription
{
    public static async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        var kinds = new SortedSet<ProblemKind>(Comparer<ProblemKind>.Create((a, b) => (a.Status, a.Code).CompareTo((b.Status, b.Code))));
        kinds.UnionWith(metadata.OfType<RefusalMetadata>().SelectMany(refusals => refusals.Kinds));
        if (await BodyDescription.AddAsync(operation, context, metadata, cancellationToken)) kinds.UnionWith([ProblemKind.InvalidRequest, ProblemKind.BodyTooLarge, ProblemKind.UnsupportedMediaType]);
        ParameterDescription.Add(operation, context.Description.RelativePath ?? "", metadata);
        if (operation.Parameters!.Any(parameter => parameter is { In: ParameterLocation.Path, Name: "id" or "name" })) kinds.Add(ProblemKind.NotFound);
        AddCredentials(operation, context, metadata, kinds);
        if (metadata.OfType<AllowsSupportAccess>().Any()) operation.Description += " Operators with a support grant too, each read in the tenant's log first.";
        if (metadata.OfType<OperatorRequirement>().Any() || metadata.OfType<TenantRequirement>().Any()) kinds.Add(ProblemKind.NotFound);
        if (!metadata.OfType<NoRateLimitMetadata>().Any()) kinds.UnionWith([ProblemKind.InvalidRequest, ProblemKind.TooManyAttempts, ProblemKind.Unavailable, ProblemKind.InternalError]);
        AnswerDescription.Complete(operation, metadata, document);
        ProblemAnswers.Add(operation, kinds, document);
    }

    /// <summary>What a caller presents, and how it is refused without. A call that takes nothing says so.</summary>
    private static void AddCredentials(OpenApiOperation operation, OpenApiOperationTransformerContext context, IList<object> metadata, SortedSet<ProblemKind> kinds)
    {
        var document = context.Document!;
        var isForPages = metadata.OfType<PageRequirement>().Any();
        var needsSession = metadata.OfType<SessionRequirement>().Any() || kinds.Contains(ProblemKind.SessionInvalid);
        List<OpenApiSecurityRequirement> security = [];
        if (needsSession) security.AddRange(SecuritySchemes.Require(document, [isForPages ? CredentialSchemes.PageCookie : CredentialSchemes.Cookie, CredentialSchemes.Bearer]));
        if (needsSession && !isForPages)
        {
            kinds.Add(ProblemKind.SessionInvalid);
            if (!metadata.OfType<ApiKeyRequirement>().Any()) kinds.Add(ProblemKind.ApiKeyNotAccepted);
            if (metadata.OfType<SessionRequirement>().Any() && !metadata.OfType<AllowsEnrolment>().Any()) kinds.Add(ProblemKind.SecondFactorEnrolmentRequired);
            if (context.Description.HttpMethod is not ("GET" or "HEAD")) kinds.Add(ProblemKind.CrossOrigin);
        }

        if (metadata.OfType<ApiKeyRequirement>().Any()) security.AddRange(SecuritySchemes.Require(document, [CredentialSchemes.ApiKey]));
        if (metadata.OfType<ClientSecretMetadata>().Any()) security.AddRange(SecuritySchemes.Require(document, [CredentialSchemes.ClientSecret]));
        foreach (var credential in metadata.OfType<CredentialMetadata>())
        {
            security.AddRange(SecuritySchemes.Require(document, credential.Schemes));
            if (credential.IsOptional) security.Add([]);
        }

        operation.Security = security.Count > 0 ? security : [[]];
    }
}
