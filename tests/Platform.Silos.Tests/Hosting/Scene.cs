using System.Collections.Immutable;
using Platform.Snippets;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Silos.Tests.Hosting;

/// <param name="Tenant">Of one test.</param>
/// <param name="Owner">Who changes something.</param>
/// <param name="User">Whom the change concerns.</param>
internal sealed record Scene(TenantView Tenant, Actor Owner, UserView User)
{
    /// <summary>From which the user signs in; null: from none.</summary>
    public PageOrigin? Page { get; init; }

    public static async Task<Scene> CreateAsync(SiloCluster cluster, string? role = null)
    {
        var (tenant, owner) = await cluster[0].NewTenantAsync();
        if (role is not null) (await cluster[1].Grains.TenantRoles(tenant.Id).AddAsync(owner, new Role(role, Permissions.Read | Permissions.Collaborate), takenOver: false, default)).Value.ShouldNotBeNull();
        return new Scene(tenant, owner, await cluster[2].NewUserAsync(owner, "bob", Permissions.Read | Permissions.Collaborate, role));
    }

    public async Task<OpenedSession> SignInAsync(TestSilo silo)
    {
        var (session, hash) = await silo.SignInAsync(Tenant.Slug, User.Username, SiloCalls.OwnerPassword, Page);
        return new OpenedSession(session.ShouldNotBeNull().Id, hash);
    }
}

internal sealed record OpenedSession(SessionId Id, ImmutableArray<byte> SecretHash);
