using System.Collections.Immutable;
using Platform.Grains.Tests.Hosting;
using Platform.Idempotency;
using Platform.Security;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Grains.Tests.Idempotency;

[Trait("Threat", "T50")]
public sealed class IdempotencyGrainTests(SiloFixture fixture) : IClassFixture<SiloFixture>
{
    private static readonly ImmutableArray<byte> Hash = [.. new byte[32]];
    private static readonly IdempotentAnswer Answer = new() { Status = 201, Location = "/v1/x", Body = [1, 2, 3] };

    private SiloHost Silo => fixture.Silo;

    [Fact]
    public async Task Begin_FiftyAtOnce_OneRuns()
    {
        var actor = NewActor();
        var starts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => BeginAsync(actor, "k")));
        starts.Count(s => s.State == IdempotencyState.Begun).ShouldBe(1);
        starts.Count(s => s.State == IdempotencyState.UnderWay).ShouldBe(49);
    }

    [Fact]
    public async Task Begin_AfterTheAnswer_GivesItToTheSameRequestOnly()
    {
        var actor = NewActor();
        await BeginAsync(actor, "k");
        await Silo.Grains.Idempotency().CompleteAsync(actor, "k", Answer, default);
        var again = await BeginAsync(actor, "k");
        again.State.ShouldBe(IdempotencyState.Answered);
        again.Answer!.Status.ShouldBe(201);
        again.Answer.Location.ShouldBe("/v1/x");
        again.Answer.Body.ShouldBe([1, 2, 3]);
        (await Silo.Grains.Idempotency().BeginAsync(actor, "k", [.. new byte[31], 1], default)).State.ShouldBe(IdempotencyState.Mismatch);
        (await BeginAsync(NewActor(), "k")).State.ShouldBe(IdempotencyState.Begun);
        (await BeginAsync(actor, "K")).State.ShouldBe(IdempotencyState.Begun);
    }

    /// <summary>They act for no user, all of them.</summary>
    [Fact]
    public async Task Begin_ApiKeysOfOneTenant_DoNotMeet()
    {
        var actor = NewActor() with { UserId = default };
        var (first, second) = (actor with { ApiKey = PrefixedId.New<ApiKeyId>(TimeProvider.System) }, actor with { ApiKey = PrefixedId.New<ApiKeyId>(TimeProvider.System) });

        (await BeginAsync(first, "k")).State.ShouldBe(IdempotencyState.Begun);
        (await BeginAsync(second, "k")).State.ShouldBe(IdempotencyState.Begun);
        (await BeginAsync(first, "k")).State.ShouldBe(IdempotencyState.UnderWay);
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Begin_AnswerIsAboutSomebodyErasedSince_ReturnsNothingAndRunsNothing()
    {
        var (actor, about) = (NewActor(), PrefixedId.New<UserId>(TimeProvider.System));
        await BeginAsync(actor, "k");
        await Silo.Grains.Idempotency().CompleteAsync(actor, "k", Answer with { About = about }, default);
        (await BeginAsync(actor, "k")).Answer!.Body.ShouldBe([1, 2, 3]);

        await Silo.Service<DataKeys>().DestroyAsync(about.ToString(), default);

        var again = await BeginAsync(actor, "k");
        again.State.ShouldBe(IdempotencyState.Mismatch);
        again.Answer.ShouldBeNull();
    }

    [Fact, Trait("Fault", "F14")]
    public async Task Begin_FirstCallerDied_IsTakenOverOnceWithTheSameOperation()
    {
        await using var silo = await SiloHost.StartAsync();
        var actor = NewActor();
        var grain = silo.Grains.Idempotency();
        var first = await grain.BeginAsync(actor, "k", Hash, default);
        silo.Time.Advance(TimeSpan.FromMinutes(1));
        var later = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => grain.BeginAsync(actor, "k", Hash, default)));
        later.Where(s => s.State == IdempotencyState.TakenOver).ShouldHaveSingleItem().OperationId.ShouldBe(first.OperationId);
        await grain.ReleaseAsync(actor, "k", forget: false, default);
        (await grain.BeginAsync(actor, "k", Hash, default)).OperationId.ShouldBe(first.OperationId);
        await grain.ReleaseAsync(actor, "k", forget: true, default);
        (await grain.BeginAsync(actor, "k", Hash, default)).OperationId.ShouldNotBe(first.OperationId);
    }

    [Fact]
    public async Task Expired_AfterADay_IsForgotten()
    {
        await using var silo = await SiloHost.StartAsync();
        var actor = NewActor();
        await silo.Grains.Idempotency().BeginAsync(actor, "k", Hash, default);
        await silo.Grains.Idempotency().CompleteAsync(actor, "k", Answer, default);
        await silo.Service<IdempotencyKeyTable>().RemoveExpiredAsync(silo.Time.GetUtcNow() + TimeSpan.FromHours(24) - TimeSpan.FromTicks(1), default);
        (await silo.Grains.Idempotency().BeginAsync(actor, "k", Hash, default)).State.ShouldBe(IdempotencyState.Answered);
        await silo.Service<IdempotencyKeyTable>().RemoveExpiredAsync(silo.Time.GetUtcNow() + TimeSpan.FromHours(24), default);
        (await silo.Grains.Idempotency().BeginAsync(actor, "k", Hash, default)).State.ShouldBe(IdempotencyState.Begun);
    }

    [Fact, Trait("Fault", "F14")]
    public async Task Create_AgainWithTheSameId_FindsWhatTheFirstMade()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var user = new NewUser
        {
            TenantId = owner.TenantId, Id = PrefixedId.New<UserId>(Silo.Time), Username = "dora", Email = "dora@example.com", Password = SiloHost.OwnerPassword, Permissions = Permissions.Read,
        };
        var made = await Silo.Grains.UserRegistration().CreateAsync(owner, user, default);
        (await Silo.Grains.UserRegistration().CreateAsync(owner, user, default)).Value.ShouldBe(made.Value);
        (await Silo.Grains.UserRegistration().CreateAsync(owner, user with { Id = null }, default)).Refusal.ShouldBe(Refusal.UsernameTaken);

        var tenant = new NewTenant
        {
            Id = PrefixedId.New<TenantId>(Silo.Time), Slug = "again", Name = "Again", Edition = TenantEdition.Trial, AdminUsername = "a", AdminEmail = "a@example.com", AdminPassword = SiloHost.OwnerPassword,
        };
        var first = await Silo.Grains.TenantRegistration().CreateAsync(SiloHost.OperatorActor, tenant, default);
        (await Silo.Grains.TenantRegistration().CreateAsync(SiloHost.OperatorActor, tenant, default)).Value.ShouldBe(first.Value);
        (await Silo.Grains.TenantRegistration().CreateAsync(SiloHost.OperatorActor, tenant with { Id = null }, default)).Refusal.ShouldBe(Refusal.SlugTaken);
    }

    private Task<IdempotencyStart> BeginAsync(Actor actor, string key) => Silo.Grains.Idempotency().BeginAsync(actor, key, Hash, default);

    private Actor NewActor() => SiloHost.OperatorActor with { UserId = PrefixedId.New<UserId>(TimeProvider.System) };
}
