using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Api.Users;
using Platform.ApiKeys;

namespace Platform.Api.Scenarios;

/// <summary>Who, apart from the tenant-wide levels, may do what with one scenario; and what they say about it.</summary>
internal static class ScenarioGrantEndpoints
{
    public static void MapScenarioGrants(this RouteGroupBuilder group)
    {
        group.MapGet("/{id}/grants", ListAsync).WithName("listScenarioGrants").WithSummary("List users with a level of their own")
            .WithDescription("Levels of single users on this scenario [manage-users; API key with scope users].").Refuses(ProblemKind.Forbidden)
            .AllowsApiKey(ApiKeyScopes.Users, Permissions.Owner);
        group.MapPut("/{id}/grants/{userId}", SetAsync)
            .WithName("setScenarioGrant").WithSummary("Set a user's level on a scenario")
            .WithDescription("Set a user's level on this scenario, in place of the tenant-wide one [manage-users; API key with scope users]. Nobody gives or removes a level that they do not hold.")
            .Refuses(ProblemKind.Forbidden)
            .AllowsApiKey(ApiKeyScopes.Users, Permissions.Owner);
        group.MapDelete("/{id}/grants/{userId}", RemoveAsync).WithName("removeScenarioGrant").WithSummary("Remove a user's level on a scenario")
            .WithDescription("Remove the user's level, so that the tenant-wide one applies [manage-users; API key with scope users].").Refuses(ProblemKind.Forbidden)
            .AllowsApiKey(ApiKeyScopes.Users, Permissions.Owner);
    }

    public static void MapScenarioComments(this RouteGroupBuilder group)
    {
        group.MapGet("/{id}/comments", ListCommentsAsync).WithName("listScenarioComments").WithSummary("List comments")
            .WithDescription("Comments, newest first [read; API key with scope scenarios].").Refuses(ProblemKind.Forbidden).ReadableBySupport()
            .AllowsApiKey(ApiKeyScopes.Scenarios, ScenarioEndpoints.Editing);
        group.MapPost("/{id}/comments", CommentAsync).WithName("addScenarioComment").WithSummary("Comment on a scenario")
            .WithDescription("Comment [collaborate]. A scenario has at most 1,000.").AcceptsIdempotencyKey(MayCommentAsync).Refuses(ProblemKind.Forbidden, ProblemKind.QuotaExceeded);
    }

    private static async ValueTask<Outcome> MayCommentAsync(EndpointFilterInvocationContext context, Actor actor)
    {
        var http = context.HttpContext;
        var scenario = context.GetArgument<ScenarioRoute>(0);
        return await http.RequestServices.GetRequiredService<IGrainFactory>().Scenario(scenario.Id).AuthorizeAsync(actor, Permissions.Collaborate, http.RequestAborted);
    }

    private static Task<Results<Ok<ListBody<GrantBody>>, Problem>> ListAsync(
        ScenarioRoute scenario, Caller caller, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(query, $"grants:{scenario.Id}", page => grains.Scenario(scenario.Id).ListGrantsAsync(caller.Actor, page, cancellationToken), GrantBody.Of);

    private static async Task<Results<NoContent, Problem>> SetAsync(
        ScenarioRoute scenario, string userId, JsonBody<PermissionsBody> body, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!PermissionInput.TryRead(body.Value.Permissions, out var level, out var problem)) return problem;
        if (!UserId.TryParse(userId, out var user)) return new Problem(ProblemKind.NotFound);
        var outcome = await grains.Scenario(scenario.Id).SetGrantAsync(caller.Actor, user, level, cancellationToken);
        return outcome.ToNoContent();
    }

    private static async Task<Results<NoContent, Problem>> RemoveAsync(
        ScenarioRoute scenario, string userId, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!UserId.TryParse(userId, out var user)) return new Problem(ProblemKind.NotFound);
        var outcome = await grains.Scenario(scenario.Id).SetGrantAsync(caller.Actor, user, level: null, cancellationToken);
        return outcome.ToNoContent();
    }

    private static Task<Results<Ok<ListBody<CommentBody>>, Problem>> ListCommentsAsync(
        ScenarioRoute scenario, Caller caller, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(query, $"comments:{scenario.Id}", page => grains.Scenario(scenario.Id).ListCommentsAsync(caller.Actor, page, cancellationToken), CommentBody.Of);

    private static async Task<Results<Created<CommentBody>, Problem>> CommentAsync(
        ScenarioRoute scenario, JsonBody<NewCommentBody> body, Caller caller, OperationId operation, IGrainFactory grains, TimeProvider time, CancellationToken cancellationToken)
    {
        var id = operation.As<CommentId>() ?? PrefixedId.New<CommentId>(time);
        var outcome = await grains.Scenario(scenario.Id).CommentAsync(caller.Actor, id, body.Value.Text, cancellationToken);
        return outcome.Value is { } made ? TypedResults.Created((string?)null, CommentBody.Of(made)) : outcome.ToProblem();
    }
}
