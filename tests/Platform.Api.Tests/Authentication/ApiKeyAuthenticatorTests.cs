using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using NSubstitute;
using Platform.Api.Authentication;
using Platform.Api.Tokens;
using Platform.ApiKeys;
using Platform.Security;
using Platform.Sessions;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Api.Tests.Authentication;

public sealed class ApiKeyAuthenticatorTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly LiveApiKeys _live = new();
    private readonly LiveTenants _tenants = new();
    private readonly LiveSponsor _sponsor = new();
    private readonly IApiKeysGrain _grain = Substitute.For<IApiKeysGrain>();
    private readonly ApiKeyGrant _grant;
    private readonly ImmutableArray<byte> _hash;
    private readonly string _text;
    private readonly ApiKeyAuthenticator _authenticator;

    public ApiKeyAuthenticatorTests()
    {
        var grains = Substitute.For<IGrainFactory>();
        grains.GetGrain<IApiKeysGrain>(Arg.Any<string>()).Returns(_grain);
        var texts = new ApiKeyText(IndexKey.Of(new MasterKey(RandomNumberGenerator.GetBytes(32))), Options.Create(new PlatformOptions()));
        _grant = new ApiKeyGrant { Id = PrefixedId.New<ApiKeyId>(_time), TenantId = PrefixedId.New<TenantId>(_time), Scopes = ApiKeyScopes.Introspect, Name = "x" };
        var secret = RandomNumberGenerator.GetBytes(ApiKeyText.SecretSize);
        _hash = [.. SHA256.HashData(secret)];
        _text = texts.Make(_grant.Id, _grant.TenantId, secret);
        _sponsor.Set(new SponsorStanding(UserStatus.Active, "owner", Permissions.None));
        _authenticator = new ApiKeyAuthenticator(texts, _live, new RejectedTokenCache(_time), grains, _time);
    }

    [Fact]
    public async Task Check_KeyInThisProcess_AsksNoGrainAndNotesOneUseAMinute()
    {
        Publish();

        for (var i = 0; i < 100; i++) (await CheckAsync()).ShouldBe(_grant);
        _time.Advance(TimeSpan.FromMinutes(1));
        await CheckAsync();

        _grain.ReceivedCalls().ShouldBeEmpty();
        _live.Uses.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Check_KeyInThisProcess_AllocatesNothing(bool expires)
    {
        Publish(expires ? _time.GetUtcNow().AddDays(1) : null);
        Repeat(2_000);

        Allocations.Of(() => Repeat(1_000)).ShouldBe(0);

        void Repeat(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var checking = _authenticator.CheckAsync(_text, IPAddress.Loopback, default);
                if (!checking.IsCompletedSuccessfully || checking.Result.Grant is null) throw new InvalidOperationException();
            }
        }
    }

    [Fact]
    public async Task Check_KeyThatEnded_IsRefusedAtOnce()
    {
        var key = Publish();
        key.End();

        (await CheckAsync()).ShouldBeNull();
        _grain.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact, Trait("Threat", "T39")]
    public async Task Check_KeyThatExpires_IsRefusedFromThatTickOnWhateverTheClockSaysLater()
    {
        var key = Publish(_time.GetUtcNow().AddHours(1));
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        (await CheckAsync()).ShouldBe(_grant);
        key.HasEnded.ShouldBeFalse();

        _time.Advance(TimeSpan.FromTicks(1));
        (await CheckAsync()).ShouldBeNull();
        _time.StepBack(TimeSpan.FromMinutes(30));

        (await CheckAsync()).ShouldBeNull();
        key.HasEnded.ShouldBeTrue();
        _grain.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public void Check_SecretThatARotationReplaced_CountsUntilItsEndAndAllocatesNothing()
    {
        var (now, overlap) = (_time.GetUtcNow(), TimeSpan.FromHours(1));
        var key = new LiveApiKey(
            _live, _tenants.Publish(_grant.TenantId, Policy(1, suspended: false)), _sponsor, _grant, [.. RandomNumberGenerator.GetBytes(32)], previous: new PreviousSecret(_hash, now, now + overlap));
        _live.Publish(key);
        Repeat(2_000, accepted: true);

        Allocations.Of(() => Repeat(1_000, accepted: true)).ShouldBe(0);
        _time.Advance(overlap - TimeSpan.FromTicks(1));
        Repeat(1, accepted: true);
        _time.Advance(TimeSpan.FromTicks(1));
        Repeat(1, accepted: false);
        _time.StepBack(TimeSpan.FromMinutes(30));
        Repeat(1, accepted: false);

        key.HasPreviousSecret.ShouldBeFalse();
        _grain.ReceivedCalls().ShouldBeEmpty();

        void Repeat(int times, bool accepted)
        {
            for (var i = 0; i < times; i++)
            {
                var checking = _authenticator.CheckAsync(_text, IPAddress.Loopback, default);
                if (!checking.IsCompletedSuccessfully || checking.Result.Grant is not null != accepted) throw new InvalidOperationException();
            }
        }
    }

    [Fact]
    public async Task Check_KeyTakenBack_AsksItsGrain()
    {
        Publish().Withdraw();
        _grain.CheckAsync(_grant.Id, Arg.Any<ImmutableArray<byte>>(), Arg.Any<IPAddress?>(), Arg.Any<CancellationToken>()).Returns(new ApiKeyCheck(ApiKeyState.Live, _grant, Permissions.Owner));

        (await CheckAsync()).ShouldBe(_grant);
    }

    [Fact]
    public async Task Check_TenantSuspended_IsRefusedAndNotForEver()
    {
        Publish();
        _tenants.Publish(_grant.TenantId, Policy(2, suspended: true));
        (await CheckAsync()).ShouldBeNull();
        _tenants.Publish(_grant.TenantId, Policy(3, suspended: false));

        (await CheckAsync()).ShouldBe(_grant);
    }

    /// <summary>What the sponsor may do decides each check anew, as does what the tenant's roles give.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task Check_SponsorWithoutTheRights_IsRefusedAndNotForEver()
    {
        Publish();
        foreach (var lost in new SponsorStanding[] { SponsorStanding.Gone, new(UserStatus.Disabled, "owner", Permissions.None), new(UserStatus.Active, "editor", Permissions.None), new(UserStatus.Active, "clerk", Permissions.None) })
        {
            _sponsor.Set(lost);
            (await CheckAsync()).ShouldBeNull($"{lost}");
        }

        _tenants.Publish(_grant.TenantId, Policy(2, suspended: false) with { Roles = [new Role("clerk", Permissions.ManageUsers)] });
        var check = await _authenticator.CheckAsync(_text, IPAddress.Loopback, default);

        (check.Grant, check.SponsorRights).ShouldBe((_grant, Permissions.ManageUsers));
        _grain.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact, Trait("Threat", "T46")]
    public async Task Check_SponsorNotKnownYet_AsksItsGrain()
    {
        _live.Publish(new LiveApiKey(_live, _tenants.Publish(_grant.TenantId, Policy(1, suspended: false)), new LiveSponsor(), _grant, _hash));
        _grain.CheckAsync(_grant.Id, Arg.Any<ImmutableArray<byte>>(), Arg.Any<IPAddress?>(), Arg.Any<CancellationToken>()).Returns(new ApiKeyCheck(ApiKeyState.Dormant, null, Permissions.None));

        for (var i = 1; i <= 2; i++)
        {
            (await CheckAsync()).ShouldBeNull();
            _grain.ReceivedCalls().Count().ShouldBe(i, "no end is remembered that may not be one");
        }
    }

    /// <summary>A key of an operator is no operator.</summary>
    [Fact, Trait("Threat", "T46")]
    public async Task Check_SponsorWhoOperates_GivesTheTenantsRightsAlone()
    {
        Publish();
        _sponsor.Set(new SponsorStanding(UserStatus.Active, null, Permissions.Owner | Permissions.Operate));

        (await _authenticator.CheckAsync(_text, IPAddress.Loopback, default)).SponsorRights.ShouldBe(Permissions.Owner);
    }

    [Fact]
    [Trait("Threat", "T34")]
    public async Task Check_DeletedKey_AsksItsGrainOncePerMinuteAtMost()
    {
        _grain.CheckAsync(_grant.Id, Arg.Any<ImmutableArray<byte>>(), Arg.Any<IPAddress?>(), Arg.Any<CancellationToken>()).Returns(default(ApiKeyCheck));

        for (var i = 0; i < 1_000; i++) (await CheckAsync()).ShouldBeNull();

        _grain.ReceivedCalls().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Check_SecretOfAnotherKeyWithThatId_IsRefused()
    {
        _live.Publish(new LiveApiKey(_live, _tenants.Publish(_grant.TenantId, Policy(1, suspended: false)), _sponsor, _grant, [.. RandomNumberGenerator.GetBytes(32)]));

        (await CheckAsync()).ShouldBeNull();
        _live.Uses.ShouldBeEmpty();
    }

    private LiveApiKey Publish(DateTimeOffset? expiresAt = null)
    {
        var key = new LiveApiKey(_live, _tenants.Publish(_grant.TenantId, Policy(1, suspended: false)), _sponsor, _grant, _hash, expiresAt);
        _live.Publish(key);
        return key;
    }

    private static TenantPolicySnapshot Policy(int revision, bool suspended) => new()
    {
        Revision = revision,
        Policy = new SessionPolicy(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)),
        Epoch = 0,
        IdleCutoff = default,
        AbsoluteCutoff = default,
        Roles = [],
        Suspended = suspended,
    };

    private async Task<ApiKeyGrant?> CheckAsync() => (await _authenticator.CheckAsync(_text, IPAddress.Loopback, default)).Grant;
}
