using Microsoft.AspNetCore.Http.Json;
using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Limits;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.ApiKeys;
using Platform.Audit;

namespace Platform.Api.Audit;

internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/audit-events", "Access log", CallClass.Other).RequireTenant();

        group.MapGet("", ReadAsync)
            .WithName("listAuditEvents").WithSummary("Read the access log")
            .WithDescription("Events, newest first [manage-users; API key with scope audit]. With Accept: application/x-ndjson or text/csv all of them as a stream, oldest first.").AnswersAs(NdjsonFormat.MediaType, CsvFormat.MediaType)
            .Refuses(ProblemKind.Forbidden, ProblemKind.InvalidRequest, ProblemKind.Busy).AllowsApiKey(ApiKeyScopes.Audit, Permissions.ManageUsers);
        group.MapGet("/verify", VerifyAsync)
            .WithName("verifyAuditLog").WithSummary("Verify the access log")
            .WithDescription("Check the whole chain against itself and its checkpoints; names the first event that is missing or altered [manage-users; API key with scope audit].")
            .Refuses(ProblemKind.Forbidden, ProblemKind.Busy).AllowsApiKey(ApiKeyScopes.Audit, Permissions.ManageUsers);
        group.MapGet("/checkpoints", ListCheckpointsAsync)
            .WithName("listCheckpoints").WithSummary("List checkpoints of the access log")
            .WithDescription("Signed heads of the log, oldest first, with the keys that signed them [manage-users; API key with scope audit]. Keep them elsewhere.")
            .Refuses(ProblemKind.Forbidden).AllowsApiKey(ApiKeyScopes.Audit, Permissions.ManageUsers);

        routes.MapApiGroup("/v1/me/security-events", "Own account", CallClass.Other).RequireSession()
            .MapGet("", ListOwnAsync).WithName("listOwnSecurityEvents").WithSummary("List own security events")
                .WithDescription("Events by or about oneself, newest first.");
    }

    private static async Task<Results<Ok<ListBody<AuditEventBody>>, AuditExport, Problem>> ReadAsync(
        AuditQuery query, PageQuery paging, Caller caller, TenantScope tenant, HttpRequest request, IOptions<JsonOptions> json,
        Cursors cursors, LongReadLimiter longReads, IGrainFactory grains, TimeProvider time, CancellationToken cancellationToken)
    {
        if (AuditFormat.Chosen(request, json.Value.SerializerOptions) is { } format)
        {
            if (longReads.TryBegin(tenant.Id, out var own) is not { } turn) return LongReadLimiter.TooMany(own);
            return await ExportAsync(format, query.Filter, caller, tenant, grains, time, turn, cancellationToken);
        }

        var list = $"audit:{tenant.Id}:{query.Key}";
        if (!cursors.TryOpen(paging, list, out var page)) return Cursors.Invalid;
        var outcome = await grains.AuditReader().ListAsync(caller.Actor, tenant.Id, query.Filter, page, cancellationToken);
        return outcome.Value is { } found ? TypedResults.Ok(cursors.ToBody(found, list, AuditEventBody.Of)) : outcome.ToProblem();
    }

    /// <summary>The first step is read before anything is answered, so that a refusal or an outage still gets its own status.</summary>
    private static async Task<Results<Ok<ListBody<AuditEventBody>>, AuditExport, Problem>> ExportAsync(
        AuditFormat format, AuditFilter filter, Caller caller, TenantScope tenant, IGrainFactory grains, TimeProvider time, IDisposable turn, CancellationToken cancellationToken)
    {
        var handedOn = false;
        try
        {
            var first = await grains.AuditReader().ReadAsync(caller.Actor, tenant.Id, filter, after: null, cancellationToken);
            if (first.Value is not { } page) return first.ToProblem();
            handedOn = true;
            return new AuditExport(format, page, NextAsync, time, turn);
        }
        finally
        {
            if (!handedOn) turn.Dispose();
        }

        async Task<Page<AuditEvent>> NextAsync(string after, CancellationToken token) =>
            (await grains.AuditReader().ReadAsync(caller.Actor, tenant.Id, filter, after, token)).Value ?? throw new InvalidOperationException("An export that was allowed is refused.");
    }

    private static async Task<Results<Ok<AuditVerificationBody>, Problem>> VerifyAsync(
        Caller caller, TenantScope tenant, LongReadLimiter longReads, IGrainFactory grains, CancellationToken cancellationToken)
    {
        using var turn = longReads.TryBegin(tenant.Id, out var own);
        if (turn is null) return LongReadLimiter.TooMany(own);
        AuditVerification? state = null;
        while (true)
        {
            var outcome = await grains.AuditReader().VerifyAsync(caller.Actor, tenant.Id, state, cancellationToken);
            if (outcome.Value is not { } step) return outcome.ToProblem();
            if (step.Finished) return TypedResults.Ok(AuditVerificationBody.Of(step));
            state = step;
        }
    }

    private static async Task<Results<Ok<AuditCheckpointsBody>, Problem>> ListCheckpointsAsync(
        Caller caller, TenantScope tenant, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var list = $"checkpoints:{tenant.Id}";
        if (!cursors.TryOpen(query, list, out var page)) return Cursors.Invalid;
        var outcome = await grains.AuditReader().ListCheckpointsAsync(caller.Actor, tenant.Id, page, cancellationToken);
        if (outcome.Value is not { } found) return outcome.ToProblem();
        var body = cursors.ToBody(found.Page, list, AuditCheckpointBody.Of);
        return TypedResults.Ok(new AuditCheckpointsBody(body.Items, body.NextCursor, [.. found.Keys.Select(AuditKeyBody.Of)]));
    }

    private static Task<Results<Ok<ListBody<AuditEventBody>>, Problem>> ListOwnAsync(
        Caller caller, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(
            query,
            $"security-events:{caller.Actor.UserId}",
            page => grains.AuditReader().ListOwnAsync(caller.Actor, page, cancellationToken),
            AuditEventBody.Of);
}
