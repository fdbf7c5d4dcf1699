using Microsoft.Extensions.DependencyInjection;
using Platform.SignIn;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Directories;

[Collection(SqliteCollection.Name)]
public sealed class SqliteSignInGuardsTests(SqliteFixture fixture) : SignInGuardsTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresSignInGuardsTests(PostgresFixture fixture) : SignInGuardsTests(fixture);

public abstract class SignInGuardsTests(StorageFixture fixture)
{
    private readonly string _key = $"{Samples.New<TenantId>()}/name ü世";

    private ISignInGuards Guards => fixture.Services.GetRequiredService<ISignInGuards>();

    [Fact]
    public async Task Save_ThenFind_IsTheSame()
    {
        (await Guards.FindAsync(_key, default)).ShouldBeNull();
        var state = Guessed(Samples.Now.AddTicks(7)) with { NotificationDue = true, NotifiedAt = Samples.Now.AddTicks(3) };
        await Guards.SaveAsync(_key, state, default);

        ShouldBe((await Guards.FindAsync(_key, default)).ShouldNotBeNull(), state);
    }

    [Fact]
    public async Task Save_Again_Overwrites()
    {
        await Guards.SaveAsync(_key, Guessed(Samples.Now), default);
        var later = Guessed(Samples.Now).Failed("198.51.100.7", Samples.Now.AddMinutes(1)).Succeeded("192.0.2.1", Samples.Now.AddMinutes(2));
        await Guards.SaveAsync(_key, later, default);

        ShouldBe((await Guards.FindAsync(_key, default)).ShouldNotBeNull(), later);
    }

    [Fact]
    public async Task Find_KeyOfAnotherCase_IsAnother()
    {
        await Guards.SaveAsync(_key, Guessed(Samples.Now), default);

        (await Guards.FindAsync(_key.ToUpperInvariant(), default)).ShouldBeNull();
    }

    [Fact]
    public async Task RemoveExpired_TakesThoseInWhichNothingMattersAnyMore()
    {
        // In a year of its own: other tests' guards are younger.
        var past = Samples.Now.AddYears(-20);
        var (old, young) = (Guessed(past), Guessed(past.AddTicks(1)));
        await Guards.SaveAsync(_key, old, default);
        await Guards.SaveAsync(_key + "young", young, default);

        await Guards.RemoveExpiredAsync(old.RelevantUntil, default);

        (await Guards.FindAsync(_key, default)).ShouldBeNull();
        (await Guards.FindAsync(_key + "young", default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task RemoveExpired_KeepsAGuardThatWasSavedAgain()
    {
        var past = Samples.Now.AddYears(-25);
        var state = Guessed(past);
        await Guards.SaveAsync(_key, state, default);
        await Guards.SaveAsync(_key, state.Succeeded("192.0.2.1", past.AddMinutes(1)), default);

        await Guards.RemoveExpiredAsync(state.RelevantUntil, default);

        (await Guards.FindAsync(_key, default)).ShouldNotBeNull("a network that is known matters for thirty days");
    }

    private static SignInGuardState Guessed(DateTimeOffset now)
    {
        var state = new SignInGuardState();
        for (var i = 0; i < SignInGuardState.FailuresPerNetwork; i++) state = state.Failed("192.0.2.1", now.AddTicks(i));
        return state;
    }

    private static void ShouldBe(SignInGuardState found, SignInGuardState expected)
    {
        found.Networks.ShouldBe(expected.Networks);
        found.RecentFailures.ShouldBe(expected.RecentFailures);
        (found.NotificationDue, found.NotifiedAt).ShouldBe((expected.NotificationDue, expected.NotifiedAt));
    }
}
