using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Limits;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.ApiKeys;
using Platform.Scenarios;

namespace Platform.Api.Scenarios;

internal static class ScenarioEndpoints
{
    /// <summary>For keys.</summary>
    public const Permissions Editing = Permissions.Read | Permissions.Edit | Permissions.Collaborate;

    /// <summary>The content and what stands around it.</summary>
    private const int MaxBodySize = ScenarioDraft.MaxContentSize + (16 * 1024);

    public static void MapScenarios(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/scenarios", "Scenarios and personalizations", CallClass.Other).RequireTenant();

        // Comments and levels say by themselves what keys may do with them.
        var forKeys = group.MapGroup("").AllowsApiKey(ApiKeyScopes.Scenarios, Editing);
        forKeys.MapGet("", ListAsync).WithName("listScenarios").WithSummary("List scenarios")
            .WithDescription("The scenarios that the caller may read and for which all filters hold, newest first, without content [read; API key with scope scenarios].").Refuses(ProblemKind.Forbidden).ReadableBySupport();
        forKeys.MapPost("", CreateAsync).WithName("createScenario").WithSummary("Make a scenario")
            .WithDescription("Make a scenario, paused [edit; API key with scope scenarios]. Content is any JSON up to 256 KiB.").AnswersWith("ETag").WithBodyUpTo(MaxBodySize).AcceptsIdempotencyKey(Permissions.Edit)
            .Refuses(ProblemKind.Forbidden, ProblemKind.QuotaExceeded);
        forKeys.MapGet("/{id}", GetAsync).WithName("getScenario").WithSummary("Read a scenario")
            .WithDescription("A scenario with content and ETag [read; API key with scope scenarios].").AnswersWith("ETag").Refuses(ProblemKind.Forbidden).ReadableBySupport();
        forKeys.MapPut("/{id}", ChangeAsync).WithName("replaceScenario").WithSummary("Replace a scenario")
            .WithDescription("Replace name, kind and content of the version named by If-Match [edit; API key with scope scenarios].").AnswersWith("ETag").WithBodyUpTo(MaxBodySize).NeedsVersion();
        forKeys.MapDelete("/{id}", DeleteAsync).WithName("deleteScenario").WithSummary("Delete a scenario")
            .WithDescription("Delete the version named by If-Match [edit; API key with scope scenarios].").NeedsVersion();
        forKeys.MapPost("/{id}/start", StartAsync).WithName("startScenario").WithSummary("Start a scenario")
            .WithDescription("Start a scenario, unless it runs already [collaborate; API key with scope scenarios].").Refuses(ProblemKind.Forbidden);
        forKeys.MapPost("/{id}/pause", PauseAsync).WithName("pauseScenario").WithSummary("Pause a scenario")
            .WithDescription("Pause a scenario, unless it is paused already [collaborate; API key with scope scenarios].").Refuses(ProblemKind.Forbidden);
        forKeys.MapGet("/{id}/history", HistoryAsync).WithName("listScenarioHistory").WithSummary("List the changes of a scenario")
            .WithDescription("The last hundred changes with before and after, at most 4 MiB of them, newest first [read; API key with scope scenarios].").Refuses(ProblemKind.Forbidden)
            .ReadableBySupport();
        group.MapScenarioComments();
        group.MapScenarioGrants();
    }

    private static Task<Results<Ok<ListBody<ScenarioBody>>, Problem>> ListAsync(
        Caller caller, TenantScope tenant, ScenarioQuery scenarios, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(
            query,
            $"scenarios:{tenant.Id}:{caller.Actor.RightsHolder}:{scenarios.Key}",
            page => grains.Listing().ListScenariosAsync(caller.Actor, tenant.Id, scenarios.Filter, page, cancellationToken),
            ScenarioBody.Of);

    private static async Task<Results<Created<ScenarioBody>, Problem>> CreateAsync(
        JsonBody<ScenarioDraftBody> body, Caller caller, OperationId operation, HttpResponse response, IGrainFactory grains, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!body.Value.TryRead(out var draft, out var problem)) return problem;
        var id = operation.As<ScenarioId>() ?? PrefixedId.New<ScenarioId>(time);
        var outcome = await grains.Scenario(id).CreateAsync(caller.Actor, draft, cancellationToken);
        if (outcome.Value is not { } made) return outcome.ToProblem();
        response.Headers.ETag = IfMatch.ToETag(made.Listing.Version);
        return TypedResults.Created($"/v1/tenants/{made.Listing.TenantId}/scenarios/{id}", ScenarioBody.Of(made));
    }

    private static async Task<Results<Ok<ScenarioBody>, Problem>> GetAsync(
        ScenarioRoute scenario, Caller caller, HttpResponse response, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.Scenario(scenario.Id).GetAsync(caller.Actor, cancellationToken), response);

    private static async Task<Results<Ok<ScenarioBody>, Problem>> ChangeAsync(
        ScenarioRoute scenario, IfMatch match, JsonBody<ScenarioDraftBody> body, Caller caller, HttpResponse response, IGrainFactory grains, CancellationToken cancellationToken) =>
        body.Value.TryRead(out var draft, out var problem)
            ? ToResult(await grains.Scenario(scenario.Id).ChangeAsync(caller.Actor, draft, match.Value, cancellationToken), response)
            : problem;

    private static async Task<Results<NoContent, Problem>> DeleteAsync(
        ScenarioRoute scenario, IfMatch match, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Scenario(scenario.Id).DeleteAsync(caller.Actor, match.Value, cancellationToken);
        return outcome.ToNoContent();
    }

    private static async Task<Results<Ok<ScenarioBody>, Problem>> StartAsync(
        ScenarioRoute scenario, Caller caller, HttpResponse response, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.Scenario(scenario.Id).SetStatusAsync(caller.Actor, ScenarioStatus.Running, cancellationToken), response);

    private static async Task<Results<Ok<ScenarioBody>, Problem>> PauseAsync(
        ScenarioRoute scenario, Caller caller, HttpResponse response, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.Scenario(scenario.Id).SetStatusAsync(caller.Actor, ScenarioStatus.Paused, cancellationToken), response);

    private static Task<Results<Ok<ListBody<HistoryBody>>, Problem>> HistoryAsync(
        ScenarioRoute scenario, Caller caller, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(
            query,
            $"history:{scenario.Id}",
            page => grains.Scenario(scenario.Id).ListHistoryAsync(caller.Actor, page, cancellationToken),
            HistoryBody.Of);

    private static Results<Ok<ScenarioBody>, Problem> ToResult(Outcome<ScenarioView> outcome, HttpResponse response)
    {
        if (outcome.Value is not { } found) return outcome.ToProblem();
        response.Headers.ETag = IfMatch.ToETag(found.Listing.Version);
        return TypedResults.Ok(ScenarioBody.Of(found));
    }
}
