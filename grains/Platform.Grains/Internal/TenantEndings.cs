using System.Collections.Immutable;
using Platform.Users;

namespace Platform.Internal;

/// <summary>What has ended in a tenant after the backup, as the journal of endings says.</summary>
[GenerateSerializer, Immutable, Alias("platform.TenantEndings")]
internal sealed record TenantEndings
{
    public static readonly TenantEndings None = new();

    /// <summary>The journal has all events since the backup. If not, what may have ended besides ends as without a journal.</summary>
    [Id(0)] public bool IsWhole { get; init; }

    /// <summary>First and last event that the backup does not have; 0 where there is none.</summary>
    [Id(1)] public long From { get; init; }
    [Id(2)] public long To { get; init; }
    [Id(3)] public bool Suspended { get; init; }
    [Id(4)] public bool RequireSecondFactor { get; init; }
    [Id(5)] public bool SupportApproval { get; init; }

    /// <summary>Null: not changed.</summary>
    [Id(6)] public TimeSpan? IdleTimeout { get; init; }
    [Id(7)] public TimeSpan? AbsoluteTimeout { get; init; }

    /// <summary>As they were last.</summary>
    [Id(8)] public ImmutableArray<Role> Roles { get; init; } = [];
    [Id(9)] public ImmutableArray<string> DeletedRoles { get; init; } = [];

    /// <summary>What becomes of the tenant's deletion; null: nothing has changed.</summary>
    [Id(10)] public DeletionEnding? Deletion { get; init; }

    /// <summary>What nobody but its managers can put right: actions, with the id of what they were done to.</summary>
    [Id(11)] public ImmutableArray<string> Review { get; init; } = [];
}

/// <summary>The last that was said of a tenant's deletion.</summary>
/// <param name="RequestedBy">Null: before the backup.</param>
/// <param name="DeletesAt">Null: it was taken back.</param>
/// <param name="Begun">Its data were being destroyed.</param>
[GenerateSerializer, Immutable, Alias("platform.DeletionEnding")]
internal sealed record DeletionEnding([property: Id(0)] UserId? RequestedBy, [property: Id(1)] DateTimeOffset? DeletesAt, [property: Id(2)] bool Begun);
