using Platform.Internal;

namespace Platform.ApiKeys;

/// <summary>The sponsors of one tenant's keys, as the grain of the keys knows them while it is in memory.</summary>
internal sealed class KeySponsors(IGrainFactory grains)
{
    private readonly Dictionary<UserId, LiveSponsor> _known = [];

    /// <summary>Users who were narrowed: a change of theirs is under way, or was cut off.</summary>
    private readonly HashSet<UserId> _unsettled = [];

    public LiveSponsor Of(UserId user) => _known.TryGetValue(user, out var sponsor) ? sponsor : _known[user] = new LiveSponsor();

    public bool IsSettled(UserId user) => Of(user).Standing is not null && !_unsettled.Contains(user);

    /// <summary>May interleave: what its grain tells meanwhile stays. Not known afterwards: the user is just being changed.</summary>
    public async Task AskAsync(UserId user, CancellationToken cancellationToken)
    {
        var sponsor = Of(user);
        if (sponsor.Standing is null && await FindAsync(user, cancellationToken) is { } standing) sponsor.SetIfUnknown(standing);
    }

    /// <summary>In turn with <see cref="Narrow"/> and <see cref="Settle"/>: asks for those who are unknown, and for those whose change has told no end.</summary>
    public async Task AskAllAsync(IEnumerable<UserId> users, CancellationToken cancellationToken)
    {
        foreach (var user in users.Distinct().ToArray())
        {
            if (IsSettled(user) || await FindAsync(user, cancellationToken) is not { } standing) continue;
            Of(user).Set(standing);
            _unsettled.Remove(user);
        }
    }

    public void Narrow(UserId user, ManagerEligibility? kept)
    {
        Of(user).Set(ToStanding(kept));
        _unsettled.Add(user);
    }

    public void Settle(UserId user, ManagerEligibility? now)
    {
        Of(user).Set(ToStanding(now));
        _unsettled.Remove(user);
    }

    /// <summary>Null: a change of the user is under way, and its grain tells of it.</summary>
    private async Task<SponsorStanding?> FindAsync(UserId user, CancellationToken cancellationToken)
    {
        var account = grains.UserInternal(user);
        if (await account.FindEligibilityAsync(cancellationToken) is { } eligibility) return ToStanding(eligibility);
        return await account.ExistsAsync(cancellationToken) ? null : SponsorStanding.Gone;
    }

    private static SponsorStanding ToStanding(ManagerEligibility? eligibility) =>
        eligibility is null ? SponsorStanding.Gone : new SponsorStanding(eligibility.Status, eligibility.Role, eligibility.Permissions);
}
