using Orleans.Concurrency;
using Platform.Internal;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>
/// Makes a tenant in steps that a crash can interrupt anywhere: the slug is claimed first, the tenant written last. Until then nothing can sign in
/// to it, and the claim can be taken over (<see cref="NameClaims"/>).
/// </summary>
[StatelessWorker, Reentrant]
internal sealed class TenantRegistrationGrain(UserRegistration users, TimeProvider time) : Grain, ITenantRegistrationGrain
{
    public async Task<Outcome<TenantView>> CreateAsync(Actor actor, NewTenant tenant, CancellationToken cancellationToken) =>
        actor.Holds(Permissions.Operate) ? await CreateAsync(tenant, Permissions.Owner, new TenantFeatures(), actor, cancellationToken) : Refusal.Forbidden;

    public async Task<BootstrapResult> EnsurePlatformAsync(TenantId id, string operatorPassword, CancellationToken cancellationToken)
    {
        if (await FindAsync(Slugs.Platform, cancellationToken) is { } known) return known == id ? BootstrapResult.Created : BootstrapResult.Existing;
        var created = await CreateAsync(
            new NewTenant
            {
                Id = id,
                Slug = Slugs.Platform,
                Name = "Platform",
                Edition = TenantEdition.Enterprise,
                AdminUsername = "operator",
                AdminEmail = "operator@platform.invalid",
                AdminPassword = operatorPassword,
            },
            Permissions.Owner | Permissions.Operate,
            new TenantFeatures { TwoFactor = true },
            actor: null,
            cancellationToken);
        if (created.Value is not null) return BootstrapResult.Created;
        if (created.Refusal == Refusal.SlugTaken) return BootstrapResult.InProgress;
        var reasons = string.Join(" ", created.Errors.Select(e => e.Detail));
        throw new InvalidOperationException($"The platform's own tenant could not be made: {created.Refusal}. {reasons}".TrimEnd());
    }

    private async Task<Outcome<TenantView>> CreateAsync(NewTenant tenant, Permissions permissions, TenantFeatures features, Actor? actor, CancellationToken cancellationToken)
    {
        var faults = TenantRules.Check(tenant.Slug, tenant.Name).ToArray();
        if (faults.Length > 0) return InputErrors.Of(faults);
        var id = tenant.Id ?? PrefixedId.New<TenantId>(time);
        if (await FindAsync(tenant.Slug, cancellationToken) is { } owner)
        {
            // The same creation again, after its maker did not live to see the answer.
            return owner == id ? await GrainFactory.TenantInternal(id).FindAsync(cancellationToken) ?? (Outcome<TenantView>)Refusal.SlugTaken : Refusal.SlugTaken;
        }

        var name = GrainFactory.TenantName(tenant.Slug);
        if (!await name.ClaimAsync(id, cancellationToken)) return Refusal.SlugTaken;
        var admin = await users.CreateAsync(
            new NewUser
            {
                TenantId = id,
                Id = UserId.From(id.Value),
                Username = tenant.AdminUsername,
                Email = tenant.AdminEmail,
                Password = tenant.AdminPassword,
                MustChangePassword = tenant.AdminMustChangePassword,
                Permissions = permissions,
            },
            actor,
            cancellationToken,
            pointers: "/admin");
        if (admin.Value is null)
        {
            await name.ReleaseAsync(id, cancellationToken);
            return admin.ToRefused();
        }

        var snippet = SnippetId.New();
        var primary = await GrainFactory.SnippetInternal(snippet).CreatePrimaryAsync(id, tenant.Name, cancellationToken);
        return await GrainFactory.TenantInternal(id).CreateAsync(
            new CreateTenantRequest
            {
                Slug = tenant.Slug,
                Name = tenant.Name,
                Edition = tenant.Edition,
                Owner = admin.Value.Id,
                PrimarySnippet = primary,
                Features = features,
                Actor = actor,
            },
            cancellationToken);
    }

    /// <summary>A tenant that exists, not merely a claimed slug.</summary>
    private async Task<TenantId?> FindAsync(string slug, CancellationToken cancellationToken) =>
        await GrainFactory.TenantName(slug).ResolveAsync(cancellationToken) is { } id && await GrainFactory.TenantInternal(id).ExistsAsync(cancellationToken)
            ? id
            : null;
}
