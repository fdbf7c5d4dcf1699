using Platform.Users;

namespace Platform.ApiKeys;

/// <summary>What the grain of a sponsor has told of it.</summary>
/// <param name="Status">Null: there is no such user any more.</param>
/// <param name="Role">Null: the user has permissions of its own.</param>
/// <param name="Permissions">Without meaning where there is a role.</param>
public sealed record SponsorStanding(UserStatus? Status, string? Role, Permissions Permissions)
{
    public static readonly SponsorStanding Gone = new(null, null, Permissions.None);

    /// <summary>In the tenant; never those of an operator, which no key has.</summary>
    public Permissions RightsUnder(RoleSet roles) => Status == UserStatus.Active ? roles.Of(Role, Permissions) & Permissions.Owner : Permissions.None;
}

/// <summary>
/// The user for whom keys count, in this process (decision 109). All its keys point here, so that a change is one store that holds for the very next check. What its role gives stands with the
/// tenant, which changes in the same way. Reading costs no lock, no allocation and no call.
/// </summary>
public sealed class LiveSponsor
{
    private volatile SponsorStanding? _standing;

    /// <summary>Null: not asked yet.</summary>
    public SponsorStanding? Standing => _standing;

    /// <summary>Whoever asked may be late: what has been told meanwhile stays.</summary>
    public void SetIfUnknown(SponsorStanding standing) => Interlocked.CompareExchange(ref _standing, standing, null);

    public void Set(SponsorStanding standing) => _standing = standing;
}
