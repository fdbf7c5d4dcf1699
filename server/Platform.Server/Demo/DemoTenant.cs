using Platform.Hosting;
using Platform.Hosting.Settings;
using Platform.Silo.Hosting;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Server.Demo;

internal sealed record DemoUser(string Username, string Role, string Password);

/// <summary><c>--demo</c>: tenant <c>acme</c> with an owner, an editor and a viewer, to try things with.</summary>
internal sealed class DemoTenant(IGrainFactory grains, HostArguments arguments, StartupBannerOutput output) : IBootstrapTask
{
    public const string Slug = "acme";

    /// <summary>Acts for the host itself, before anybody could sign in.</summary>
    public static readonly Actor Host = new() { TenantId = default, UserId = default, SessionId = default, Permissions = Permissions.Operate };

    /// <summary>Those that this start made; none where there was such a tenant already, or the demo was not asked for.</summary>
    public IReadOnlyList<DemoUser> Users { get; private set; } = [];

    public bool IsNew => Users.Count > 0;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!arguments.Has(DemoExtensions.Flag)) return;
        Users = await CreateAsync(cancellationToken);
        output.Writer.WriteLine(IsNew
            ? $"Made demo tenant '{Slug}'. One-time display of its passwords:"
            : $"Demo tenant '{Slug}' is there already; its passwords are not shown again.");
        foreach (var user in Users) output.Writer.WriteLine($"  {user.Username,-6} {user.Role,-7} {user.Password}");
    }

    /// <summary>Empty when there is such a tenant already: nothing is changed then, also no password.</summary>
    private async Task<IReadOnlyList<DemoUser>> CreateAsync(CancellationToken cancellationToken)
    {
        DemoUser[] users = [new("alice", "owner", RandomPassword.Create()), new("bob", "editor", RandomPassword.Create()), new("carol", "viewer", RandomPassword.Create())];
        var tenant = await grains.TenantRegistration().CreateAsync(
            Host,
            new NewTenant
            {
                Slug = Slug,
                Name = "Acme",
                Edition = TenantEdition.Developer,
                AdminUsername = users[0].Username,
                AdminEmail = Email(users[0]),
                AdminPassword = users[0].Password,
            },
            cancellationToken);
        if (tenant.Refusal == Refusal.SlugTaken) return [];
        if (tenant.Value is not { } made) throw new InvalidOperationException($"The demo tenant could not be made: {tenant.Refusal}.");

        var actor = Host with { TenantId = made.Id, Permissions = Permissions.Owner };
        foreach (var user in users.Skip(1))
        {
            var created = await grains.UserRegistration().CreateAsync(
                actor,
                new NewUser { TenantId = made.Id, Username = user.Username, Email = Email(user), Password = user.Password, Permissions = Permissions.None, Role = user.Role },
                cancellationToken);
            if (created.Value is null) throw new InvalidOperationException($"The demo user {user.Username} could not be made: {created.Refusal}.");
        }

        return users;
    }

    private static string Email(DemoUser user) => $"{user.Username}@acme.example";
}
