using System.Globalization;
using Orleans.Concurrency;
using Platform.Paging;

namespace Platform.Audit;

[StatelessWorker, Reentrant]
internal sealed class AuditReaderGrain(AuditEventTable events, AuditSealer sealer, AuditVerifier verifier, AuditSigner signer) : Grain, IAuditReaderGrain
{
    private const int ExportStep = 250;

    public async Task<Outcome<Page<AuditEvent>>> ListAsync(Actor actor, TenantId tenant, AuditFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        if (Refuse(actor, tenant) is var refusal and not Refusal.None) return refusal;
        var matches = await events.FindAsync(tenant, filter, newestFirst: true, AuditPages.Position(page.After), page.Rows(), cancellationToken);
        var found = matches.Rows.ToPage(page, AuditPages.Key);
        return await sealer.OpenAsync(found with { Next = found.Next ?? AuditPages.Key(matches.SearchedTo) }, cancellationToken);
    }

    public async Task<Outcome<Page<AuditEvent>>> ListOwnAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await events.FindOfUserAsync(actor.TenantId, actor.UserId, AuditPages.Position(page.After), page.Rows(), cancellationToken);
        var found = await sealer.OpenAsync(rows.ToPage(page, AuditPages.Key), cancellationToken);
        return found with { Items = [.. found.Items.Select(e => WithoutOthers(e, actor.UserId.ToString()))] };
    }

    public async Task<Outcome<Page<AuditEvent>>> ReadAsync(Actor actor, TenantId tenant, AuditFilter filter, string? after, CancellationToken cancellationToken)
    {
        if (Refuse(actor, tenant) is var refusal and not Refusal.None) return refusal;
        var position = AuditPages.Position(after);
        var (rows, searchedTo) = filter == AuditFilter.All
            ? new AuditMatches(await events.ReadAsync(tenant, position?.Sequence ?? 0, long.MaxValue, ExportStep, cancellationToken), SearchedTo: null)
            : await events.FindAsync(tenant, filter, newestFirst: false, position, ExportStep, cancellationToken);
        return await sealer.OpenAsync(new Page<AuditRow>([.. rows], rows.Count < ExportStep ? AuditPages.Key(searchedTo) : AuditPages.Key(rows[^1])), cancellationToken);
    }

    public async Task<Outcome<AuditVerification>> VerifyAsync(Actor actor, TenantId tenant, AuditVerification? state, CancellationToken cancellationToken)
    {
        if (Refuse(actor, tenant) is var refusal and not Refusal.None) return refusal;
        return await verifier.StepAsync(tenant, state ?? await verifier.BeginAsync(tenant, cancellationToken), cancellationToken);
    }

    public async Task<Outcome<AuditCheckpoints>> ListCheckpointsAsync(Actor actor, TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        if (Refuse(actor, tenant) is var refusal and not Refusal.None) return refusal;
        var after = page.After is null ? 0 : long.Parse(page.After, NumberStyles.None, CultureInfo.InvariantCulture);
        var found = await events.ReadCheckpointsAsync(tenant, after, page.Rows(), cancellationToken);
        var checkpoints = found.ToPage(page, checkpoint => checkpoint.Sequence.ToString(CultureInfo.InvariantCulture));
        return new AuditCheckpoints(checkpoints, await signer.PublicKeysAsync(cancellationToken));
    }

    private static Refusal Refuse(Actor actor, TenantId tenant)
    {
        if (actor.TenantId != tenant) return Refusal.NotFound;
        return actor.Holds(Permissions.ManageUsers) ? Refusal.None : Refusal.Forbidden;
    }

    private static AuditEvent WithoutOthers(AuditEvent found, string user) =>
        found.Actor.Id is null || found.Actor.Id == user
            ? found
            : found with { Ip = null, UserAgent = null, ActorProof = found.ActorProof with { Salt = null } };
}
