using Platform.Audit;
using Platform.SecondFactors;
using Platform.Sessions;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Storage.Tests.Tables;

internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 8, 22, 12, 0, 0, 123, 456, TimeSpan.Zero);
    public static readonly SessionPolicy Policy = new(TimeSpan.FromMinutes(15), TimeSpan.FromHours(8));

    public static TId New<TId>() where TId : struct, IPrefixedId<TId> => PrefixedId.New<TId>(TimeProvider.System);

    public static TenantView Tenant(string slug, string name = "Acme") => new()
    {
        Id = New<TenantId>(),
        Slug = slug,
        Name = name,
        Edition = TenantEdition.Standard,
        Features = new TenantFeatures { TwoFactor = true, IpRules = true },
        Status = TenantStatus.Active,
        SessionPolicy = Policy,
        CreatedAt = Now.AddTicks(7),
    };

    public static UserView User(TenantId tenant, string name) => new()
    {
        Id = New<UserId>(),
        TenantId = tenant,
        Username = name,
        Email = name + "@example.test",
        Status = UserStatus.Active,
        Permissions = Permissions.Owner,
        CreatedAt = Now.AddTicks(1),
        PasswordChangedAt = Now.AddTicks(2),
        SecondFactors = SecondFactorMethods.None,
        EmailVerified = false,
    };

    /// <summary>With an address of its own.</summary>
    public static Task SaveAsync(this UserTable users, UserView user, string nameIndex, CancellationToken cancellationToken) =>
        users.SaveAsync(user, nameIndex, $"email of {nameIndex}", cancellationToken);

    public static SessionRow Session(TenantId tenant, UserId user, DateTimeOffset? createdAt = null) =>
        new(New<SessionId>(), tenant, user, createdAt ?? Now, Policy, new ClientInfo("192.0.2.1", "Browser/1.0"));

    public static AuditRow Event(TenantId tenant, long sequence = 1)
    {
        var link = new AuditChainEntry
        {
            TenantId = tenant,
            Sequence = sequence,
            Id = New<AuditEventId>().ToString(),
            Time = Now.AddTicks(sequence),
            Action = AuditActions.UserCreated,
            Outcome = AuditOutcome.Success,
            Reason = null,
            ActorType = AuditParties.System,
            ActorId = null,
            ActorCommitment = new byte[] { 1 },
            TargetType = AuditParties.User,
            TargetId = "usr_1",
            TargetCommitment = new byte[] { 2 },
            SessionId = null,
            TraceId = null,
            PreviousHash = AuditChainEntry.Genesis,
        };
        return new AuditRow(link, ActorSealed: null, TargetSealed: [3], link.Hash());
    }

    /// <summary>Goes through all pages.</summary>
    public static async Task<List<T>> AllAsync<T>(int limit, Func<PageRequest, Task<Page<T>>> list) where T : class
    {
        var all = new List<T>();
        string? after = null;
        do
        {
            var page = await list(new PageRequest(limit, after));
            page.Items.Length.ShouldBeLessThanOrEqualTo(limit);
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }
}
