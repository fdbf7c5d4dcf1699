using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Problems;

namespace Platform.Api.Backups;

internal static class BackupEndpoints
{
    private const string Path = "/v1/operator/backups";

    public static void MapBackups(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup(Path, "Operators", CallClass.Other).RequireOperator(orReader: true);

        group.MapGet("", GetAsync).WithName("getBackups").WithSummary("Look at the backups")
            .WithDescription("The backups that the platform makes by the clock: each one in the folder with its size and whether it was verified, which one is being made, what failed last, and when the next one is due [operator, or read in the tenant of the operators].");
        group.MapPost("", BeginAsync).WithName("makeBackup").WithSummary("Make a backup now")
            .WithDescription("Make a backup now, under the same lock as the schedule, verify it as the schedule does, and remove older ones as it does [operator]. The answer comes when it has begun; follow it with the call that reads the backups. There is no call to restore one.")
            .AnswersWith("Location").AcceptsIdempotencyKey(Permissions.Operate)
            .Refuses(ProblemKind.Forbidden, ProblemKind.BackupUnderWay, ProblemKind.BackupsNotConfigured);
    }

    private static async Task<Results<Ok<BackupsBody>, Problem>> GetAsync(Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Backups().DescribeAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } found ? TypedResults.Ok(BackupsBody.Of(found)) : outcome.ToProblem();
    }

    private static async Task<Results<Accepted<BackupRunBody>, Problem>> BeginAsync(
        Caller caller, OperationId operation, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Backups().BeginAsync(caller.Actor, operation.Value, cancellationToken);
        return outcome.Value is { } begun ? TypedResults.Accepted(Path, BackupRunBody.Of(begun)) : outcome.ToProblem();
    }
}
