using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using Platform.Api.Authentication;
using Platform.Api.DeniedRequests;
using Platform.Api.Tests.Tokens;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Telemetry;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Api.Tests.Authentication;

public sealed class SessionAuthenticatorTests
{
    private readonly RingFixture _fixture = new();
    private readonly LiveSessions _live = new();
    private readonly ISessionGrain _grain = Substitute.For<ISessionGrain>();
    private readonly SessionAuthenticator _authenticator;

    public SessionAuthenticatorTests()
    {
        _fixture.Keys = [_fixture.NewKey(1)];
        _fixture.Grains.GetGrain<ISessionGrain>(Arg.Any<string>()).Returns(_grain);
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var metrics = new PlatformMetrics(meters, _live);
        var replicas = new SessionReplicas(_fixture.Grains, Options.Create(new SessionReplicaOptions()), _fixture.Time, NullLogger<SessionReplicas>.Instance);
        _authenticator = new SessionAuthenticator(_fixture.Ring, _live, replicas, new RejectedTokenCache(_fixture.Time), new DeniedRequestQueue(metrics, _fixture.Time), _fixture.Grains, metrics, _fixture.Time);
    }

    [Theory]
    [InlineData(SessionCheckMode.Validate)]
    [InlineData(SessionCheckMode.Peek)]
    [InlineData(SessionCheckMode.Touch)]
    internal async Task Check_OfASessionInThisProcess_AsksNoGrain(SessionCheckMode mode)
    {
        var (token, session) = await OpenAsync();

        var check = await _authenticator.CheckAsync(token.AsMemory(), new SessionCheckRequest(mode, null), default);

        check.State.ShouldBe(SessionState.Live);
        (check.View?.Id).ShouldBe(mode == SessionCheckMode.Validate ? null : session.Id);
        _grain.ReceivedCalls().ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_OfASessionElsewhere_AsksItsGrain()
    {
        var (token, hash, _) = await _fixture.SealAsync();
        _grain.PeekAsync(Arg.Is<ImmutableArray<byte>>(h => h.SequenceEqual(hash)), Arg.Any<IPAddress?>(), Arg.Any<PageOrigin?>(), Arg.Any<CancellationToken>()).Returns(new SessionCheck(SessionState.Live, null));

        (await _authenticator.CheckAsync(token.AsMemory(), new SessionCheckRequest(SessionCheckMode.Validate, null), default)).State.ShouldBe(SessionState.Live);
    }

    [Fact]
    [Trait("Threat", "T34")]
    public async Task Check_OfADeadSession_AsksItsGrainOncePerMinuteAtMost()
    {
        var (token, _, _) = await _fixture.SealAsync();
        _grain.PeekAsync(Arg.Any<ImmutableArray<byte>>(), Arg.Any<IPAddress?>(), Arg.Any<PageOrigin?>(), Arg.Any<CancellationToken>()).Returns(new SessionCheck(SessionState.SignedOut, null));

        for (var i = 0; i < 1_000; i++) (await _authenticator.CheckAsync(token.AsMemory(), new SessionCheckRequest(SessionCheckMode.Validate, null), default)).State.ShouldNotBe(SessionState.Live);
        _grain.ReceivedCalls().Count().ShouldBe(1);
        _fixture.Time.Advance(TimeSpan.FromMinutes(3));
        await _authenticator.CheckAsync(token.AsMemory(), new SessionCheckRequest(SessionCheckMode.Validate, null), default);

        _grain.ReceivedCalls().Count().ShouldBe(2);
    }

    [Fact, Trait("Threat", "T64")]
    public async Task Check_FromAnAddressThatIsNotAllowed_DoesNotCountAsDead()
    {
        var (token, _, _) = await _fixture.SealAsync();
        var (elsewhere, office) = (IPAddress.Parse("203.0.113.9"), IPAddress.Parse("198.51.100.7"));
        _grain.PeekAsync(Arg.Any<ImmutableArray<byte>>(), elsewhere, Arg.Any<PageOrigin?>(), Arg.Any<CancellationToken>()).Returns(new SessionCheck(SessionState.IpNotAllowed, null));
        _grain.PeekAsync(Arg.Any<ImmutableArray<byte>>(), office, Arg.Any<PageOrigin?>(), Arg.Any<CancellationToken>()).Returns(new SessionCheck(SessionState.Live, null));

        (await _authenticator.CheckAsync(token.AsMemory(), new SessionCheckRequest(SessionCheckMode.Validate, elsewhere), default)).State.ShouldBe(SessionState.IpNotAllowed);
        (await _authenticator.CheckAsync(token.AsMemory(), new SessionCheckRequest(SessionCheckMode.Validate, office), default)).State.ShouldBe(SessionState.Live);
    }

    [Fact]
    public async Task Check_AfterAnOutage_AsksAgain()
    {
        var (token, _, _) = await _fixture.SealAsync();
        _grain.PeekAsync(Arg.Any<ImmutableArray<byte>>(), Arg.Any<IPAddress?>(), Arg.Any<PageOrigin?>(), Arg.Any<CancellationToken>())
            .Returns(_ => throw new StorageUnavailableException(), _ => Task.FromResult(new SessionCheck(SessionState.Live, null)));

        await Should.ThrowAsync<StorageUnavailableException>(async () => await _authenticator.CheckAsync(token.AsMemory(), new SessionCheckRequest(SessionCheckMode.Validate, null), default));

        (await _authenticator.CheckAsync(token.AsMemory(), new SessionCheckRequest(SessionCheckMode.Validate, null), default)).State.ShouldBe(SessionState.Live);
    }

    /// <summary>The budget of the hot path (docs/architecture.md, "Budget of the hot path"), to the byte: nothing for an answer without a view, the view alone for one with.</summary>
    [Theory]
    [InlineData(SessionCheckMode.Validate, 0)]
    [InlineData(SessionCheckMode.Peek, 184)]
    [InlineData(SessionCheckMode.Touch, 184)]
    [InlineData(SessionCheckMode.Validate, 0, true)]
    [InlineData(SessionCheckMode.Peek, 184, true)]
    [InlineData(SessionCheckMode.Touch, 184, true)]
    internal async Task Check_OfASessionInThisProcess_AllocatesExactlyItsView(SessionCheckMode mode, int bytes, bool fromPage = false)
    {
        var snippet = SnippetId.New();
        var (token, _) = await OpenAsync(fromPage ? new PageOrigin(snippet, "https://example.com") : null);
        var text = token.AsMemory();

        // As a request has it: equal, and not the same object.
        var page = fromPage ? new PageOrigin(snippet, new string("https://example.com")) : null;
        Repeat(2_000);

        Allocations.Of(() => Repeat(1_000)).ShouldBe(bytes * 1_000L);

        void Repeat(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var checking = _authenticator.CheckAsync(text, new SessionCheckRequest(mode, null, Page: page), default);
                if (!checking.IsCompletedSuccessfully || checking.Result.State != SessionState.Live) throw new InvalidOperationException();
            }
        }
    }

    private async Task<(string Token, LiveSession Session)> OpenAsync(PageOrigin? page = null)
    {
        var (token, hash, id) = await _fixture.SealAsync();
        var now = _fixture.Time.GetUtcNow();
        var policy = new SessionPolicy(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1));
        var snapshot = new TenantPolicySnapshot { Revision = 1, Policy = policy, Epoch = 0, IdleCutoff = default, AbsoluteCutoff = default, Roles = [new Role("all", Permissions.Owner)] };
        if (page is not null) snapshot = snapshot with { Snippets = [new SnippetPublication { Id = page.Snippet, Domains = [new SnippetDomain("example.com", Verified: true, now)] }] };
        var tenant = new LiveTenants().Publish(PrefixedId.New<TenantId>(_fixture.Time), snapshot);
        var origin = new StoredSession
        {
            TenantId = PrefixedId.New<TenantId>(_fixture.Time), UserId = PrefixedId.New<UserId>(_fixture.Time), SecretHash = hash, AbsoluteTimeout = policy.AbsoluteTimeout, CreatedAt = now,
            AuthenticationMethods = ["pwd"], Page = page,
        };

        // With a role, which is looked up at each view: that costs no allocation either.
        var session = new LiveSession(_live, tenant, id, origin, new SessionSubject("alice", Permissions.Owner, "all"), now);
        _live.Publish(session);
        return (token, session);
    }
}
