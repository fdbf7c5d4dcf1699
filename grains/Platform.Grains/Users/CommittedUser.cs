using System.Collections.Immutable;
using Platform.Audit;
using Platform.Security;
using Platform.State;

namespace Platform.Users;

/// <summary>The user of one activation: what storage is known to hold of it, and the one way in which that changes. What the grain's parts are given to work on.</summary>
internal sealed class CommittedUser(UserId id, Committed<StoredUser> state, UserTable table, UsernameBlindIndex names, AuditLog audit)
{
    private readonly Projection<StoredUser> _rows = new();

    public UserId Id => id;

    /// <summary>Null when there is none. One that is being deleted is still here.</summary>
    public StoredUser? Stored => state.Value;

    /// <summary>One that is being deleted is not there any more.</summary>
    public StoredUser? Present => state.Value is { Deleted: false } user ? user : null;

    /// <summary>Ended by themselves (sign-out, expiry) since the last write of the list; taken off it with the next one.</summary>
    public HashSet<SessionId> EndedSessions { get; } = [];

    public string NameIndex(StoredUser user) => names.Of(user.TenantId, user.NormalisedName);

    /// <summary>At activation: the table may be behind after a failure.</summary>
    public Task RepairListAsync(StoredUser user, CancellationToken cancellationToken) => _rows.RepairAsync(user, ListAsync, cancellationToken);

    /// <summary>Writes the state, without the proofs that wait for an account that is now another, and, where what it shows has changed, the table.</summary>
    public async Task<UserView> SaveAsync(StoredUser next, CancellationToken cancellationToken)
    {
        var before = state.Value;
        if (before is not null) next = WaitingProofs.After(before, next);
        var shown = before is null || UserAccount.ViewOf(id, before) != UserAccount.ViewOf(id, next);
        var versioned = _rows.Next(next, shown);
        await state.CommitAsync(versioned, cancellationToken);
        if (shown) await _rows.WriteAsync(versioned, ListAsync, cancellationToken);
        return UserAccount.ViewOf(id, versioned);
    }

    /// <summary>The entries are on disk before the change is written. None: a change that is nobody's concern.</summary>
    public Task<UserView> SaveAsync(StoredUser next, ImmutableArray<AuditEntry> entries, CancellationToken cancellationToken) =>
        entries.IsEmpty ? SaveAsync(next, cancellationToken) : audit.RecordThenAsync(next.TenantId, entries, () => SaveAsync(next, cancellationToken));

    /// <summary>Writes the state and leaves the table as it is: for a user who leaves it altogether, or of whom it shows the same.</summary>
    public Task CommitAsync(StoredUser next, CancellationToken cancellationToken) => state.CommitAsync(next, cancellationToken);

    /// <summary>
    /// Without times that a clock ahead of now has stored, written before anything is judged by it: a pause that is corrected only in memory would begin anew at each check.
    /// </summary>
    public async Task<StoredUser> CorrectedAsync(StoredUser user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var corrected = UserAccount.AsOf(user, now);
        if (!ReferenceEquals(corrected, user)) await SaveAsync(corrected, cancellationToken);
        return corrected;
    }

    /// <summary>The row, then the state: what is left is in the access log and in what others hold.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await table.RemoveAsync(id, cancellationToken);
        await state.ClearAsync(cancellationToken);
    }

    /// <summary>Ends the activation: the next one takes up what was left undone.</summary>
    public void Deactivate() => state.Deactivate();

    private Task ListAsync(StoredUser user, CancellationToken cancellationToken) => table.SaveAsync(UserAccount.ViewOf(id, user), NameIndex(user), names.OfEmail(user.TenantId, EmailAddresses.Comparable(user.Email)), cancellationToken);
}
