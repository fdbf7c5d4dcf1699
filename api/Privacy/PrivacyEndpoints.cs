using Platform.Api.Audit;
using Platform.Api.Http;
using Platform.Api.Security;

namespace Platform.Api.Privacy;

internal static class PrivacyEndpoints
{
    private const string Tag = "Privacy";

    public static void MapPrivacy(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/users/{id}", Tag).RequireTenant();

        group.MapPost("/export", ExportAsync)
            .WithSummary("All that is held about a user as a ZIP archive [self, or manage-users and all that the user may do]. For oneself after a sign-in of the last 15 minutes.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.ReauthenticationRequired, ProblemKind.Busy);
    }

    /// <summary>A turn of the long reads is taken first, so that what is refused for want of one stands in no log as done.</summary>
    private static async Task<Results<UserExport, Problem>> ExportAsync(
        UserRoute user, Caller caller, TenantScope tenant, AuditReads reads, IGrainFactory grains, TimeProvider time, CancellationToken cancellationToken)
    {
        if (reads.TryBegin(tenant.Id, out var own) is not { } turn) return AuditReads.TooMany(own);
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
