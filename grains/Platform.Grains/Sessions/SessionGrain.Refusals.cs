using System.Collections.Immutable;
using Platform.Audit;
using Platform.Text;

namespace Platform.Sessions;

public sealed partial class SessionGrain
{
    private const string ReplacedReason = "token_replaced";

    public async Task ReportRefusedAsync(ImmutableArray<byte> secretHash, SessionState? elsewhere, ClientInfo client, CancellationToken cancellationToken)
    {
        var (live, current) = await CurrentAsync();
        if (committed.Value is { } stored)
        {
            var state = live is null ? stored.EndReason : current;
            var reason = !stored.SecretHash.AsSpan().SequenceEqual(secretHash.AsSpan()) ? ReplacedReason
                : state is not (SessionState.Live or SessionState.Unknown) ? SnakeCase.Of(state)
                : elsewhere is { } refusedAs ? SnakeCase.Of(refusedAs) : null;
            if (reason is not null) await ReportRefusedAsync(stored.TenantId, Owner, reason, client);
            // One that ran out is over in memory only, until the sweeper has written it: a clock that goes back must not find it gone from there.
            if (_live is null) Leave();
            return;
        }

        // Swept: the list of ended sessions still knows whose it was and why it ended.
        if (await table.FindEndAsync(_id, cancellationToken) is { } end)
        {
            await ReportRefusedAsync(end.TenantId, new AuditParty(AuditParties.User, end.UserId.ToString()), SnakeCase.Of(end.Reason), client);
        }

        Leave();
    }

    /// <summary>By nobody that is known: whoever holds the token of a session need not be its owner.</summary>
    private Task ReportRefusedAsync(TenantId tenant, AuditParty owner, string reason, ClientInfo client) => audit.RecordAsync(
        tenant,
        AuditEntry.ByAnybody(AuditActions.SessionRefused, owner, client) with { Session = _id, Outcome = AuditOutcome.Failure, Reason = reason });
}
