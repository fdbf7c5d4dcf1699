using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Limits;
using Platform.Api.Paging;
using Platform.Api.Problems;

namespace Platform.Api.Privacy;

internal static class PrivacyEndpoints
{
    private const string Tag = "Privacy";

    public static void MapPrivacy(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/users/{id}", Tag, CallClass.Other).RequireTenant();

        group.MapPost("/export", ExportAsync)
            .WithName("exportUser").WithSummary("Export all data of a user")
            .WithDescription("All data about a user as a ZIP archive [self, or manage-users and all permissions of the user]. For oneself after a sign-in of the last 15 minutes.").AnswersAs("application/zip").AnswersWith("Content-Disposition")
            .Refuses(ProblemKind.Forbidden, ProblemKind.ReauthenticationRequired, ProblemKind.Busy);
        group.MapPost("/erase", EraseAsync)
            .WithName("eraseUser").WithSummary("Erase a user")
            .WithDescription("Erase a user for ever, also one that was deleted before [manage-users and all permissions of the user], after a sign-in of the last 15 minutes. A repeated call gets the same answer.").AnswersWith("Location")
            .Refuses(ProblemKind.Forbidden, ProblemKind.ReauthenticationRequired, ProblemKind.LastManager);

        routes.MapApiGroup("/v1/tenants/{tenant}/export", Tag, CallClass.Other).RequireTenant()
            .MapGet("", ExportTenantAsync)
            .WithName("exportTenant").WithSummary("Export all data of the tenant")
            .WithDescription("Everything of the tenant that its managers may see, as a ZIP archive [manage-users and read]: settings, roles, users, sessions, scenarios, snippets, API keys without secrets, texts, and the access log as verify-log takes it.")
            .AnswersAs("application/zip").AnswersWith("Content-Disposition")
            .Refuses(ProblemKind.Forbidden, ProblemKind.Busy);

        var erasures = routes.MapApiGroup("/v1/tenants/{tenant}/erasures", Tag, CallClass.Other).RequireTenant();
        erasures.MapGet("", ListErasuresAsync).WithName("listErasures").WithSummary("List erasures")
            .WithDescription("Erasures of users, newest first [manage-users].").Refuses(ProblemKind.Forbidden);
        erasures.MapGet("/{id}", GetErasureAsync).WithName("getErasure").WithSummary("Read an erasure")
            .WithDescription("An erasure and, once it is complete, its certificate [manage-users].").Refuses(ProblemKind.Forbidden);
    }

    /// <inheritdoc cref="ExportAsync"/>
    private static async Task<Results<TenantExport, Problem>> ExportTenantAsync(
        Caller caller, TenantScope tenant, LongReadLimiter longReads, IGrainFactory grains, TimeProvider time, CancellationToken cancellationToken)
    {
        if (longReads.TryBegin(tenant.Id, out var own) is not { } turn) return LongReadLimiter.TooMany(own);
        var handedOn = false;
        try
        {
            var begun = await grains.Tenant(tenant.Id).BeginExportAsync(caller.Actor, cancellationToken);
            if (begun.Value is not { } view) return begun.ToProblem();
            handedOn = true;
            return new TenantExport(caller.Actor, view, grains, time, turn);
        }
        finally
        {
            if (!handedOn) turn.Dispose();
        }
    }

    private static async Task<Results<Accepted<ErasureBody>, Problem>> EraseAsync(
        UserRoute user, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Erasure(user.Id).RequestAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } erasure
            ? TypedResults.Accepted($"/v1/tenants/{tenant.Id}/erasures/{erasure.Id}", ErasureBody.Of(erasure))
            : outcome.ToProblem();
    }

    private static Task<Results<Ok<ListBody<ErasureBody>>, Problem>> ListErasuresAsync(
        Caller caller, TenantScope tenant, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(query, $"erasures:{tenant.Id}", page => grains.Privacy().ListErasuresAsync(caller.Actor, page, cancellationToken), ErasureBody.Of);

    private static async Task<Results<Ok<ErasureBody>, Problem>> GetErasureAsync(
        ErasureRoute erasure, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Privacy().GetErasureAsync(caller.Actor, erasure.Id, cancellationToken);
        return outcome.Value is { } found ? TypedResults.Ok(ErasureBody.Of(found)) : outcome.ToProblem();
    }

    /// <summary>A turn of the long reads is taken first, so that what is refused for want of one stands in no log as done.</summary>
    private static async Task<Results<UserExport, Problem>> ExportAsync(
        UserRoute user, Caller caller, TenantScope tenant, LongReadLimiter longReads, IGrainFactory grains, TimeProvider time, CancellationToken cancellationToken)
    {
        if (longReads.TryBegin(tenant.Id, out var own) is not { } turn) return LongReadLimiter.TooMany(own);
        var handedOn = false;
        try
        {
            var begun = await grains.Privacy().BeginExportAsync(caller.Actor, user.Id, cancellationToken);
            if (begun.Value is not { } record) return begun.ToProblem();
            handedOn = true;
            return new UserExport(caller.Actor, record, grains, time, turn);
        }
        finally
        {
            if (!handedOn) turn.Dispose();
        }
    }
}
