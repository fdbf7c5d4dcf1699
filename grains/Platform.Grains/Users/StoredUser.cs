using System.Collections.Immutable;
using Platform.SecondFactors;
using Platform.State;

namespace Platform.Users;

[GenerateSerializer, Immutable, Alias("platform.StoredUser")]
internal sealed record StoredUser : IPersonalState, IProjectedState<StoredUser>
{
    [Id(0)] public TenantId TenantId { get; init; }
    [Id(1)] public string Username { get; init; } = "";
    [Id(2)] public string NormalisedName { get; init; } = "";
    [Id(3)] public string Email { get; init; } = "";

    /// <summary>Empty: there is none yet.</summary>
    [Id(4)] public string PasswordHash { get; init; } = "";

    /// <summary>Without meaning where there is a role.</summary>
    [Id(5)] public Permissions Permissions { get; init; }
    [Id(6)] public UserStatus Status { get; init; }
    [Id(7)] public DateTimeOffset CreatedAt { get; init; }
    [Id(8)] public DateTimeOffset PasswordChangedAt { get; init; }

    /// <summary>Counts the passwords that the user has set; a rehash of the same one does not count.</summary>
    [Id(70)] public int PasswordVersion { get; init; }

    /// <summary>Somebody else has set the password: it opens no session, and is good for choosing another one only (decision 107).</summary>
    [Id(91)] public bool MustChangePassword { get; init; }

    /// <summary>Sessions that may live, oldest first. One that is not listed here may not come into memory as live.</summary>
    [Id(9)] public ImmutableArray<ListedSession> Sessions { get; init; } = [];

    /// <summary>Counts changes of what the directory shows.</summary>
    [Id(10)] public int Version { get; init; }

    /// <summary>The version that the directory is known to show; behind <see cref="Version"/> after a failure, and mended at the next activation.</summary>
    [Id(11)] public int ListedVersion { get; init; }

    /// <summary>SHA-256 of the secret in the latest reset link; empty when there is none (row RESET).</summary>
    [Id(12)] public ImmutableArray<byte> ResetSecretHash { get; init; } = [];
    [Id(13)] public DateTimeOffset? ResetExpiresAt { get; init; }

    /// <summary>The tenant's epoch when the latest link was sent: suspending the tenant, or ending all its sessions, makes the link void.</summary>
    [Id(60)] public int? ResetTenantEpoch { get; init; }

    /// <summary>When links were sent within the last hour.</summary>
    [Id(14)] public ImmutableArray<DateTimeOffset> ResetLinksAt { get; init; } = [];

    /// <summary>Null: none was ever begun (row 2FA).</summary>
    [Id(15)] public StoredSecondFactors? Factors { get; init; }

    /// <summary>What it gives stands with the tenant.</summary>
    [Id(40)] public string? Role { get; init; }

    /// <summary>Deleted for everybody; what is left of it is being removed.</summary>
    [Id(41)] public bool Deleted { get; init; }

    /// <summary>Deleted, and what is found by name and addresses is being erased: they stay until that is done.</summary>
    [Id(50)] public bool Erasing { get; init; }

    /// <summary>Null: nothing was ever asked of the address. It counts all the same (decision 106).</summary>
    [Id(80)] public StoredEmailState? EmailState { get; init; }

    /// <summary>Null: the user was made with a password, or has accepted.</summary>
    [Id(90)] public StoredInvitation? Invitation { get; init; }

    /// <summary>Null: no sign-in since there is one.</summary>
    [Id(92)] public StoredSignInHistory? SignIns { get; init; }

    UserId? IPersonalState.Subject => null;

    StoredUser IProjectedState<StoredUser>.WithVersions(int version, int listedVersion) => this with { Version = version, ListedVersion = listedVersion };

    /// <summary>Prints no hash.</summary>
    public override string ToString() => nameof(StoredUser);
}

[GenerateSerializer, Immutable, Alias("platform.ListedSession")]
internal sealed record ListedSession([property: Id(0)] SessionId Id, [property: Id(1)] DateTimeOffset AbsoluteExpiresAt)
{
    /// <summary>SHA-256, in hex, of the secret in the link that ends it. Null: none was sent.</summary>
    [Id(2)] public string? EndSecretHash { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.StoredUserName")]
internal sealed record StoredUserName
{
    [Id(0)] public UserId UserId { get; init; }
    [Id(1)] public DateTimeOffset ClaimedAt { get; init; }
}
