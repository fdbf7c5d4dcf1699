using System.Globalization;
using Orleans.Concurrency;
using Platform.Directory;
using Platform.Users;

namespace Platform.Audit;

[StatelessWorker, Reentrant]
public sealed class AuditReaderGrain(IAuditEvents events, AuditSealer sealer, AuditVerifier verifier, AuditSigner signer) : Grain, IAuditReaderGrain
{
    private const int ExportStep = 250;

    public async Task<Outcome<Page<AuditEvent>>> ListAsync(Actor actor, TenantId tenant, AuditFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        if (Refuse(actor, tenant) is var refusal and not Refusal.None) return refusal;
        var matches = await events.FindAsync(tenant, filter, newestFirst: true, Position(page.After), page.Rows(), cancellationToken);
        var found = matches.Rows.ToPage(page, Key);
        return await OpenAsync(found with { Next = found.Next ?? Key(matches.SearchedTo) }, cancellationToken);
    }

    public async Task<Outcome<Page<AuditEvent>>> ListOwnAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var rows = await events.FindOfUserAsync(actor.TenantId, actor.UserId, Position(page.After), page.Rows(), cancellationToken);
        var found = await OpenAsync(rows.ToPage(page, Key), cancellationToken);
        return found with { Items = [.. found.Items.Select(e => WithoutOthers(e, actor.UserId.ToString()))] };
    }

    public async Task<Outcome<Page<AuditEvent>>> ReadAsync(Actor actor, TenantId tenant, AuditFilter filter, string? after, CancellationToken cancellationToken)
    {
        if (Refuse(actor, tenant) is var refusal and not Refusal.None) return refusal;
        var position = Position(after);
        var (rows, searchedTo) = filter == AuditFilter.All
            ? new AuditMatches(await events.ReadAsync(tenant, position?.Sequence ?? 0, long.MaxValue, ExportStep, cancellationToken), SearchedTo: null)
            : await events.FindAsync(tenant, filter, newestFirst: false, position, ExportStep, cancellationToken);
        return await OpenAsync(new Page<AuditRow>([.. rows], rows.Count < ExportStep ? Key(searchedTo) : Key(rows[^1])), cancellationToken);
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

    private async Task<Page<AuditEvent>> OpenAsync(Page<AuditRow> rows, CancellationToken cancellationToken)
    {
        var opened = await sealer.OpenAsync(rows.Items, cancellationToken);
        return new Page<AuditEvent>([.. opened.Select(row => row.ToEvent())], rows.Next);
    }

    private static string Key(AuditRow row) => Key(new AuditPosition(row.Link.Time.UtcTicks, row.Link.Sequence))!;

    private static string? Key(AuditPosition? position) =>
        position is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.Ticks}.{known.Sequence}") : null;

    private static AuditPosition? Position(string? key)
    {
        if (key is null) return null;
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        return new AuditPosition(
            long.Parse(key.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture),
            long.Parse(key.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
