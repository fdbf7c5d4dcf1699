using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.ApiKeys;
using Platform.Snippets;
using Platform.Text;

namespace Platform.Api.Snippets;

/// <summary>Snippets as their tenant administers them (row SEGREGATION).</summary>
internal static class SnippetEndpoints
{
    /// <summary>For keys.</summary>
    private const Permissions Editing = Permissions.Read | Permissions.Edit;

    public static void MapSnippets(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/snippets", "Snippets", CallClass.Other).RequireTenant().AllowsApiKey(ApiKeyScopes.Snippets, Editing);

        group.MapGet("", ListAsync).WithName("listSnippets").WithSummary("List snippets")
            .WithDescription("The tenant's snippets, the primary one first [read; API key with scope snippets].").Refuses(ProblemKind.Forbidden).ReadableBySupport();
        group.MapPost("", CreateAsync).WithName("createSnippet").WithSummary("Make a snippet")
            .WithDescription("Make a further snippet and publish its first script [edit; API key with scope snippets].").AcceptsIdempotencyKey(Permissions.Edit)
            .Refuses(ProblemKind.Forbidden, ProblemKind.TooManySnippets);
        group.MapGet("/{id}", GetAsync).WithName("getSnippet").WithSummary("Read a snippet")
            .WithDescription("A snippet with its domains, their proof, its versions and the tag for pages [read; API key with scope snippets].").Refuses(ProblemKind.Forbidden).ReadableBySupport();
        group.MapPatch("/{id}", ChangeAsync).WithName("changeSnippet").WithSummary("Change a snippet")
            .WithDescription("Change name or settings [edit; API key with scope snippets]. Pages get settings with the next publication.").Refuses(ProblemKind.Forbidden);
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteSnippet").WithSummary("Delete a snippet")
            .WithDescription("Delete a snippet. Its script and its sessions are refused from then on [edit; API key with scope snippets].").Refuses(ProblemKind.Forbidden, ProblemKind.PrimarySnippet);
        group.MapPut("/{id}/domains/{domain}", AddDomainAsync)
            .WithName("addDomain").WithSummary("Add a domain")
            .WithDescription("Add a domain, on which the snippet works once it is proven [edit; API key with scope snippets]. A wildcard (*.example.com) stands for one label below a proven domain. A second domain needs the feature multiDomain.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.InvalidDomain, ProblemKind.MultiDomainRequired, ProblemKind.TooManyDomains);
        group.MapDelete("/{id}/domains/{domain}", RemoveDomainAsync).WithName("removeDomain").WithSummary("Remove a domain")
            .WithDescription("Remove a domain. Sessions that began there are refused from then on [edit; API key with scope snippets].").Refuses(ProblemKind.Forbidden);
        group.MapPost("/{id}/domains/{domain}/verify", VerifyDomainAsync).WithName("verifyDomain").WithSummary("Check the proof of a domain")
            .WithDescription("Check for the proof now: the TXT record or the file [edit; API key with scope snippets].")
            .Refuses(ProblemKind.Forbidden, ProblemKind.DomainNotProven, ProblemKind.TooManyAttempts);
        group.MapPost("/{id}/publish", PublishAsync).WithName("publishSnippet").WithSummary("Publish a new version")
            .WithDescription("Publish a new version with the current settings, unless nothing has changed [edit; API key with scope snippets].").Refuses(ProblemKind.Forbidden);
        group.MapPost("/{id}/rollback", RollBackAsync).WithName("rollBackSnippet").WithSummary("Publish an earlier version")
            .WithDescription("Publish an earlier version's bytes again [edit; API key with scope snippets].")
            .TakesQuery("version", "Its number; default the one before the published one.").Refuses(ProblemKind.Forbidden, ProblemKind.NoSuchVersion);
    }

    private static Task<Results<Ok<ListBody<SnippetBody>>, Problem>> ListAsync(
        Caller caller, TenantScope tenant, PageQuery query, Cursors cursors, HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(
            query,
            $"snippets:{tenant.Id}",
            page => grains.Listing().ListSnippetsAsync(caller.Actor, tenant.Id, page, cancellationToken),
            view => SnippetBody.Of(view, request));

    private static async Task<Results<Created<SnippetBody>, Problem>> CreateAsync(
        JsonBody<NewSnippetBody> body, Caller caller, OperationId operation, HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var id = operation.As<SnippetId>() ?? SnippetId.New();
        var outcome = await grains.Snippet(id).CreateAsync(caller.Actor, body.Value.Name, cancellationToken);
        return outcome.Value is { } made ? TypedResults.Created($"/v1/tenants/{made.TenantId}/snippets/{id}", SnippetBody.Of(made, request)) : outcome.ToProblem();
    }

    private static async Task<Results<Ok<SnippetBody>, Problem>> GetAsync(
        SnippetRoute snippet, Caller caller, HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.Snippet(snippet.Id).GetAsync(caller.Actor, cancellationToken), request);

    private static async Task<Results<Ok<SnippetBody>, Problem>> ChangeAsync(
        SnippetRoute snippet, JsonBody<SnippetChangeBody> body, Caller caller, HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.Snippet(snippet.Id).ChangeAsync(caller.Actor, body.Value.ToChange(), cancellationToken), request);

    private static async Task<Results<NoContent, Problem>> DeleteAsync(SnippetRoute snippet, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Snippet(snippet.Id).DeleteAsync(caller.Actor, cancellationToken);
        return outcome.ToNoContent();
    }

    private static async Task<Results<Ok<SnippetBody>, Problem>> AddDomainAsync(
        SnippetRoute snippet, string domain, Caller caller, HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.Snippet(snippet.Id).AddDomainAsync(caller.Actor, domain, cancellationToken), request);

    private static async Task<Results<NoContent, Problem>> RemoveDomainAsync(
        SnippetRoute snippet, string domain, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Snippet(snippet.Id).RemoveDomainAsync(caller.Actor, domain, cancellationToken);
        return outcome.ToNoContent();
    }

    private static async Task<Results<Ok<SnippetBody>, Problem>> VerifyDomainAsync(
        SnippetRoute snippet, string domain, Caller caller, HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.Snippet(snippet.Id).VerifyDomainAsync(caller.Actor, domain, cancellationToken), request);

    private static async Task<Results<Ok<SnippetBody>, Problem>> PublishAsync(
        SnippetRoute snippet, Caller caller, HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.Snippet(snippet.Id).PublishAsync(caller.Actor, cancellationToken), request);

    private static async Task<Results<Ok<SnippetBody>, Problem>> RollBackAsync(
        SnippetRoute snippet, Caller caller, HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var text = request.Query["version"];
        int? version = null;
        if (text.Count > 0)
        {
            if (text.Count > 1 || !WholeNumber.TryParse(text[0], out var number)) return Problem.Invalid("?version", "invalid_version", "version is one whole number, or absent.");
            version = number;
        }

        return ToResult(await grains.Snippet(snippet.Id).RollBackAsync(caller.Actor, version, cancellationToken), request);
    }

    private static Results<Ok<SnippetBody>, Problem> ToResult(Outcome<SnippetView> outcome, HttpRequest request) =>
        outcome.Value is { } found ? TypedResults.Ok(SnippetBody.Of(found, request)) : outcome.ToProblem();
}
