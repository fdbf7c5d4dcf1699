using Microsoft.Extensions.Logging;
using Platform.Audit;
using Platform.Clocks;
using Platform.Idempotency;
using Platform.Internal;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Sessions;

namespace Platform.Privacy;

/// <summary>
/// The order is what makes it safe to be killed anywhere: the log says it first, then the job is on disk, then each step removes what it finds, and the data key goes
/// last, when nothing needs it any more. Every step may have been done before.
/// </summary>
internal sealed partial class ErasureGrain(
    ErasureTable erasures,
    SessionTable sessions,
    IdempotencyKeyTable answers,
    AuditEventTable events,
    DataKeys keys,
    AuditSigner signer,
    AuditLog audit,
    TimeProvider time,
    ILogger<ErasureGrain> logger) : Grain, IErasureGrain
{
    /// <summary>A request waits so long for the end; then the erasure goes on without it.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private const int SessionsPerStep = 200;

    private Task _work = Task.CompletedTask;
    private UserId _user;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _user = PrefixedId.Parse<UserId>(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public async Task<Outcome<ErasureCertificate>> RequestAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (await erasures.FindAsync(_user, cancellationToken) is { } known)
        {
            if (known.TenantId != actor.TenantId) return Refusal.NotFound;
            if (!actor.Holds(Permissions.ManageUsers)) return Refusal.Forbidden;
        }
        else
        {
            var refused = await BeginAsync(actor, cancellationToken);
            if (!refused.Succeeded) return refused;
        }

        await ResumeAsync(cancellationToken);
        return (await erasures.FindAsync(_user, cancellationToken))!;
    }

    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (_work.IsCompleted) _work = WorkAsync();
        try
        {
            await _work.WaitAsync(Timeout, time, cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutException or StorageUnavailableException)
        {
            // It is on disk that it is to be done; the next round goes on with it.
            NotDone(logger, failure.GetType().Name);
        }
    }

    private async Task<Outcome> BeginAsync(Actor actor, CancellationToken cancellationToken)
    {
        var fresh = await IsFreshAsync(actor, cancellationToken);
        var erasure = new ErasureCertificate { Id = PrefixedId.New<ErasureId>(time), TenantId = actor.TenantId, UserId = _user, RequestedAt = time.GetUtcNow() };
        var begun = await GrainFactory.UserInternal(_user).BeginErasureAsync(actor, erasure, fresh, cancellationToken);
        if (begun.Refusal != Refusal.NotFound) return begun;

        // Perhaps one that was deleted before: the log still names it.
        if (await erasures.FindFormerAsync(_user, cancellationToken) != actor.TenantId) return Refusal.NotFound;
        if (!actor.Holds(Permissions.ManageUsers)) return Refusal.Forbidden;
        if (!fresh) return Refusal.ReauthenticationRequired;
        var entry = AuditEntry.By(actor, AuditActions.UserErased, new AuditParty(AuditParties.User, _user.ToString()));
        await audit.RecordThenAsync(actor.TenantId, [entry], () => erasures.AddAsync(erasure, cancellationToken));
        return Outcome.Done;
    }

    /// <summary>What cannot be undone takes a fresh proof: of the second factor, where the actor has one (ASVS 7.5.1).</summary>
    private async Task<bool> IsFreshAsync(Actor actor, CancellationToken cancellationToken)
    {
        var hasFactor = await GrainFactory.UserInternal(actor.UserId).HasSecondFactorAsync(cancellationToken);
        var proven = hasFactor == false ? actor.AuthenticatedAt : actor.SecondFactorAt;
        return StoredTime.IsWithin(proven, SecondFactorRules.Freshness, time.GetUtcNow());
    }

    private async Task WorkAsync()
    {
        if (await erasures.FindAsync(_user, CancellationToken.None) is not { IsComplete: false } erasure) return;
        await GrainFactory.UserInternal(_user).EraseAsync(CancellationToken.None);
        await RemoveSessionsAsync(erasure.TenantId);
        await answers.RemoveOfUserAsync(_user, CancellationToken.None);

        await keys.DestroyAsync(_user.ToString(), CancellationToken.None);
        // Entries that were being written meanwhile: from here on none is sealed under the key.
        await GrainFactory.AuditLog(erasure.TenantId).SettleAsync(CancellationToken.None);
        await erasures.CompleteAsync(await CertifyAsync(erasure), CancellationToken.None);
        Done(logger, erasure.Id);
    }

    /// <summary>Rows hold address and program; a session's own state names its user.</summary>
    private async Task RemoveSessionsAsync(TenantId tenant)
    {
        while (true)
        {
            var found = (await sessions.ListAsync(tenant, _user, new PageRequest(SessionsPerStep, null), CancellationToken.None)).Items;
            if (found.IsEmpty) return;
            await Task.WhenAll(found.Select(session => GrainFactory.Session(session.Id).ForgetAsync(CancellationToken.None)));
            await sessions.RemoveAsync([.. found.Select(session => session.Id)], CancellationToken.None);
        }
    }

    private async Task<ErasureCertificate> CertifyAsync(ErasureCertificate erasure)
    {
        var filter = new AuditFilter { Target = _user.ToString(), Action = AuditActions.UserErased, Outcome = AuditOutcome.Success };
        var entry = (await events.FindAsync(erasure.TenantId, filter, newestFirst: true, beyond: null, limit: 1, CancellationToken.None)).Rows[0];
        return await signer.SignAsync(
            erasure with { CompletedAt = time.GetUtcNow(), What = ErasedParts.All, LogSequence = entry.Link.Sequence, LogHash = [.. entry.Hash] }, CancellationToken.None);
    }

    [LoggerMessage(EventName = "ErasureNotDone", Level = LogLevel.Warning, Message = "An erasure is not complete yet ({Failure}); the platform continues it by itself")]
    private static partial void NotDone(ILogger logger, string failure);

    [LoggerMessage(EventName = "ErasureDone", Level = LogLevel.Information, Message = "Erasure {Erasure} is complete")]
    private static partial void Done(ILogger logger, ErasureId erasure);
}
