using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Platform.ApiKeys;
using Platform.Grains.Tests.Hosting;
using Platform.Users;
using static Platform.Grains.Tests.ApiKeys.ApiKeyCalls;

namespace Platform.Grains.Tests.ApiKeys;

/// <summary>Any order of changes of users and roles, take-overs and uses of keys, against a model: a key counts exactly while its sponsor could make it.</summary>
public sealed class SponsorModelTests(CheapHashFixture fixture) : IClassFixture<CheapHashFixture>
{
    private static readonly string?[] Roles = ["owner", "editor", "viewer", "clerk"];
    private static readonly Permissions[] Sets = [Permissions.None, Permissions.Read, Permissions.ManageUsers, Permissions.ManageUsers | Permissions.Read, Permissions.Owner];

    private enum Act
    {
        Disable,
        Enable,
        GiveRole,
        GivePermissions,
        ChangeRole,
        Delete,
        TakeOver,
        Make,
    }

    [Fact, Trait("Threat", "T46"), Trait("Threat", "T40"), Trait("Pace", "Slow")]
    public void AnySequence_AKeyCountsExactlyWhileItsSponsorCouldMakeIt()
    {
        var acts = Gen.Frequency(
            (3, Gen.Constant(Act.Disable)), (4, Gen.Constant(Act.Enable)), (4, Gen.Constant(Act.GiveRole)), (4, Gen.Constant(Act.GivePermissions)), (4, Gen.Constant(Act.ChangeRole)),
            (1, Gen.Constant(Act.Delete)), (3, Gen.Constant(Act.TakeOver)), (3, Gen.Constant(Act.Make)));
        var steps = Gen.ListOf(Gen.Zip(acts, Gen.Choose(0, 999)));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(10).WithStartSize(10).WithEndSize(40),
            Prop.ForAll(Arb.From(steps), sequence => Task.Run(() => RunAsync([.. sequence])).GetAwaiter().GetResult()));
    }

    private async Task RunAsync(IReadOnlyList<(Act Act, int Pick)> steps)
    {
        var (_, owner) = await fixture.Silo.NewTenantAsync();
        (await fixture.Silo.Grains.TenantRoles(owner.TenantId).AddAsync(owner, new Role("clerk", Permissions.ManageUsers), takenOver: false, default)).Value.ShouldNotBeNull();
        var run = new Run(fixture.Silo, owner, [await SponsorTests.MakerAsync(fixture.Silo, owner), await SponsorTests.MakerAsync(fixture.Silo, owner, "clerk"), await SponsorTests.MakerAsync(fixture.Silo, owner)]);
        foreach (var (act, pick) in steps)
        {
            await run.StepAsync(act, pick);
            await run.CompareAsync($"{act} {pick}");
        }
    }

    private sealed record KnownUser(UserId Id, UserStatus? Status, string? Role, Permissions Own);

    private sealed record KnownKey(ApiKeyView View, ImmutableArray<byte> Hash, ApiKeyScopes Scopes, UserId Sponsor);

    private sealed class Run(SiloHost silo, Actor owner, Actor[] makers)
    {
        private readonly List<KnownUser> _users =
            [.. makers.Select((maker, i) => new KnownUser(maker.UserId, UserStatus.Active, i == 1 ? "clerk" : "owner", Permissions.None)), new KnownUser(owner.UserId, UserStatus.Active, null, Permissions.Owner)];

        private readonly List<KnownKey> _keys = [];
        private Permissions _clerk = Permissions.ManageUsers;

        public async Task StepAsync(Act act, int pick)
        {
            var at = pick % makers.Length;
            var user = _users[at];
            switch (act)
            {
                case Act.Disable or Act.Enable when user.Status is not null:
                    await ChangeAsync(at, new UserChange { Status = act == Act.Enable ? UserStatus.Active : UserStatus.Disabled });
                    break;
                case Act.GiveRole when user.Status is not null:
                    await ChangeAsync(at, new UserChange { Role = Roles[pick / 3 % Roles.Length] });
                    break;
                case Act.GivePermissions when user.Status is not null:
                    await ChangeAsync(at, new UserChange { Permissions = Sets[pick / 3 % Sets.Length] });
                    break;
                case Act.ChangeRole:
                    _clerk = Sets[pick % Sets.Length];
                    (await silo.Grains.TenantRoles(owner.TenantId).ChangeAsync(owner, new Role("clerk", _clerk), default)).Value.ShouldNotBeNull();
                    break;
                case Act.Delete when user.Status is not null:
                    (await silo.Grains.User(user.Id).DeleteAsync(owner, default)).Succeeded.ShouldBeTrue();
                    _users[at] = user with { Status = null };
                    break;
                case Act.Make:
                    await MakeAsync(_users[pick % _users.Count], pick % 2 == 0 ? ApiKeyScopes.Introspect : ApiKeyScopes.Introspect | ApiKeyScopes.Read);
                    break;
                case Act.TakeOver when _keys.Count > 0:
                    await TakeOverAsync(pick % _keys.Count, _users[pick / 7 % _users.Count]);
                    break;
            }
        }

        public async Task CompareAsync(string step)
        {
            foreach (var key in _keys)
            {
                (await CheckAsync(silo, owner, key.View, key.Hash)).ShouldBe(Could(key.Sponsor, key.Scopes) ? ApiKeyState.Live : ApiKeyState.Dormant, step);
            }
        }

        private async Task ChangeAsync(int at, UserChange change)
        {
            (await silo.Grains.User(_users[at].Id).ChangeAsync(owner, change, default)).Value.ShouldNotBeNull();
            if (change.Role is not null) _users[at] = _users[at] with { Role = change.Role, Own = Permissions.None };
            if (change.Permissions is { } own) _users[at] = _users[at] with { Role = null, Own = own };
            _users[at] = _users[at] with { Status = change.Status ?? _users[at].Status };
        }

        private async Task MakeAsync(KnownUser user, ApiKeyScopes scopes)
        {
            // Whoever is gone or disabled has no session, and cannot ask.
            if (user.Status != UserStatus.Active) return;
            var id = PrefixedId.New<ApiKeyId>(silo.Time);
            var made = await silo.Grains.ApiKeys(owner.TenantId).CreateAsync(ActorOf(user), New(id, SiloHost.NewSecretHash(out var hash), scopes: scopes), default);
            made.Refusal.ShouldBe(Could(user.Id, scopes) ? Refusal.None : Refusal.Forbidden);
            if (made.Value is { } view) _keys.Add(new KnownKey(view, hash, scopes, user.Id));
        }

        private async Task TakeOverAsync(int at, KnownUser user)
        {
            if (user.Status != UserStatus.Active) return;
            var key = _keys[at];
            var taken = await silo.Grains.ApiKeys(owner.TenantId).TakeOverAsync(ActorOf(user), key.View.Id, default);
            taken.Refusal.ShouldBe(Could(user.Id, key.Scopes) ? Refusal.None : Refusal.Forbidden);
            if (taken.Value is not null) _keys[at] = key with { Sponsor = user.Id };
        }

        private bool Could(UserId id, ApiKeyScopes scopes)
        {
            var user = _users.Single(known => known.Id == id);
            var needed = scopes.HasFlag(ApiKeyScopes.Read) ? Permissions.ManageUsers | Permissions.Read : Permissions.ManageUsers;
            return user.Status == UserStatus.Active && RightsOf(user).Holds(needed);
        }

        private Permissions RightsOf(KnownUser user) => user.Role switch
        {
            null => user.Own,
            "owner" => Permissions.Owner,
            "editor" => Permissions.Edit | Permissions.Collaborate | Permissions.Read,
            "viewer" => Permissions.Read,
            _ => _clerk,
        };

        private Actor ActorOf(KnownUser user) => owner with { UserId = user.Id, Permissions = RightsOf(user) };
    }
}
