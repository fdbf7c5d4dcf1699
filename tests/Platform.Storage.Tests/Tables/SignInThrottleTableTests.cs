using Microsoft.Extensions.DependencyInjection;
using Platform.Security;
using Platform.SignIn;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Tables;

[Collection(SqliteCollection.Name)]
public sealed class SqliteSignInThrottleTableTests(SqliteFixture fixture) : SignInThrottleTableTests(fixture);

[Collection(PostgresCollection.Name)]
public sealed class PostgresSignInThrottleTableTests(PostgresFixture fixture) : SignInThrottleTableTests(fixture);

public abstract class SignInThrottleTableTests(StorageFixture fixture)
{
    private readonly string _key = $"{Samples.New<TenantId>()}/name ü世";

    private readonly UserId _subject = Samples.New<UserId>();

    private SignInThrottleTable Guards => fixture.Services.GetRequiredService<SignInThrottleTable>();

    [Fact]
    public async Task Save_ThenFind_IsTheSame()
    {
        (await Guards.FindAsync(_key, default)).ShouldBeNull();
        var state = Guessed(Samples.Now.AddTicks(7)) with { NotificationDue = true, NotifiedAt = Samples.Now.AddTicks(3) };
        await Guards.SaveAsync(_key, _subject, state, default);

        ShouldBe((await Guards.FindAsync(_key, default)).ShouldNotBeNull(), state);
    }

    [Fact]
    public async Task Save_Again_Overwrites()
    {
        await Guards.SaveAsync(_key, _subject, Guessed(Samples.Now), default);
        var later = Guessed(Samples.Now).Failed("198.51.100.7", Samples.Now.AddMinutes(1)).Succeeded("192.0.2.1", Samples.Now.AddMinutes(2));
        await Guards.SaveAsync(_key, _subject, later, default);

        ShouldBe((await Guards.FindAsync(_key, default)).ShouldNotBeNull(), later);
    }

    [Fact]
    public async Task Find_KeyOfAnotherCase_IsAnother()
    {
        await Guards.SaveAsync(_key, _subject, Guessed(Samples.Now), default);

        (await Guards.FindAsync(_key.ToUpperInvariant(), default)).ShouldBeNull();
    }

    [Theory, Trait("Threat", "T52")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Save_ForAnAccountThatExistsOrNot_LiesSealedAndIsReadBack(bool exists)
    {
        if (exists) await fixture.Services.GetRequiredService<DataKeys>().EnsureAsync([_subject.ToString()], [], default);
        await Guards.SaveAsync(_key, _subject, Guessed(Samples.Now), default);

        ShouldBe((await Guards.FindAsync(_key, default)).ShouldNotBeNull(), Guessed(Samples.Now));
        (await fixture.TextsAsync($"SELECT state FROM sign_in_throttles WHERE throttle_key = '{_key}'")).ShouldHaveSingleItem().ShouldNotContain("192.0.2.1");
        (await fixture.TextsAsync($"SELECT subject_id FROM data_keys WHERE subject_id = '{_subject}'")).Count.ShouldBe(exists ? 1 : 0, "no key is made for whoever is typed");
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Find_OwnerErased_RemembersNothingAndKeepsNothing()
    {
        var keys = fixture.Services.GetRequiredService<DataKeys>();
        await keys.EnsureAsync([_subject.ToString()], [], default);
        await Guards.SaveAsync(_key, _subject, Guessed(Samples.Now), default);
        await keys.DestroyAsync(_subject.ToString(), default);

        (await Guards.FindAsync(_key, default)).ShouldBeNull();
        await Guards.SaveAsync(_key, _subject, Guessed(Samples.Now), default);
        (await fixture.TextsAsync($"SELECT state FROM sign_in_throttles WHERE throttle_key = '{_key}'")).ShouldBeEmpty();
    }

    [Fact, Trait("Fault", "F16")]
    public async Task Find_RowAltered_BeginsAnew()
    {
        await Guards.SaveAsync(_key, _subject, Guessed(Samples.Now), default);
        await Guards.SaveAsync(_key + "other", _subject, Guessed(Samples.Now), default);
        await fixture.ExecuteAsync($"UPDATE sign_in_throttles SET state = (SELECT state FROM sign_in_throttles WHERE throttle_key = '{_key}other') WHERE throttle_key = '{_key}'");

        (await Guards.FindAsync(_key, default)).ShouldBeNull("bound to its guard");
        (await Guards.FindAsync(_key + "other", default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task RemoveExpired_TakesThoseInWhichNothingMattersAnyMore()
    {
        // In a year of its own: other tests' throttles are younger.
        var past = Samples.Now.AddYears(-20);
        var (old, young) = (Guessed(past), Guessed(past.AddTicks(1)));
        await Guards.SaveAsync(_key, _subject, old, default);
        await Guards.SaveAsync(_key + "young", _subject, young, default);

        await Guards.RemoveExpiredAsync(old.RelevantUntil, default);

        (await Guards.FindAsync(_key, default)).ShouldBeNull();
        (await Guards.FindAsync(_key + "young", default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task RemoveExpired_KeepsAGuardThatWasSavedAgain()
    {
        var past = Samples.Now.AddYears(-25);
        var state = Guessed(past);
        await Guards.SaveAsync(_key, _subject, state, default);
        await Guards.SaveAsync(_key, _subject, state.Succeeded("192.0.2.1", past.AddMinutes(1)), default);

        await Guards.RemoveExpiredAsync(state.RelevantUntil, default);

        (await Guards.FindAsync(_key, default)).ShouldNotBeNull("a network that is known matters for thirty days");
    }

    private static SignInThrottleState Guessed(DateTimeOffset now)
    {
        var state = new SignInThrottleState();
        for (var i = 0; i < SignInThrottleState.FailuresPerNetwork; i++) state = state.Failed("192.0.2.1", now.AddTicks(i));
        return state;
    }

    private static void ShouldBe(SignInThrottleState found, SignInThrottleState expected)
    {
        found.Networks.ShouldBe(expected.Networks);
        found.RecentFailures.ShouldBe(expected.RecentFailures);
        (found.NotificationDue, found.NotifiedAt).ShouldBe((expected.NotificationDue, expected.NotifiedAt));
    }
}
