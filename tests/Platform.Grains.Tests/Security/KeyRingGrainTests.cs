using Platform.Grains.Tests.Hosting;
using Platform.Security;

namespace Platform.Grains.Tests.Security;

public sealed class KeyRingGrainTests
{
    [Fact, Trait("Threat", "T35")]
    public async Task Get_WeekAfterWeek_AnnouncesRotatesAndRetires()
    {
        await using var silo = await SiloHost.StartAsync();
        var ring = silo.Grains.KeyRing("test");
        var first = (await ring.GetAsync(default)).ShouldHaveSingleItem();
        first.ActiveFrom.ShouldBe(silo.Time.GetUtcNow());

        silo.Time.Advance(TimeSpan.FromDays(7));
        var both = await ring.GetAsync(default);
        both.Length.ShouldBe(2);
        both[1].ActiveFrom.ShouldBe(silo.Time.GetUtcNow() + TimeSpan.FromMinutes(10));
        both[0].RetiredFrom.ShouldBe(both[1].ActiveFrom + TimeSpan.FromHours(25));

        silo.Time.Advance(TimeSpan.FromHours(25) + TimeSpan.FromMinutes(10));
        (await ring.GetAsync(default)).ShouldHaveSingleItem().KeyId.ShouldBe(both[1].KeyId);
    }

    [Fact]
    public async Task Get_AfterRestart_GivesTheSameKeys()
    {
        var silo = await SiloHost.StartAsync();
        var before = (await silo.Grains.KeyRing("test").GetAsync(default)).ShouldHaveSingleItem();
        silo = await silo.RestartAsync();
        await using var _ = silo;
        var after = (await silo.Grains.KeyRing("test").GetAsync(default)).ShouldHaveSingleItem();
        after.KeyId.ShouldBe(before.KeyId);
        var key = silo.Service<MasterKey>().Unwrap(after.Wrapped.AsSpan(), KeyPurposes.Token);
        key.Length.ShouldBe(32);
    }

    [Fact, Trait("Threat", "T77")]
    public async Task Get_KeyOfTheRing_DoesNotLieInTheDatabase()
    {
        var silo = await SiloHost.StartAsync();
        var wrapped = (await silo.Grains.KeyRing("test").GetAsync(default)).ShouldHaveSingleItem();
        var key = silo.Service<MasterKey>().Unwrap(wrapped.Wrapped.AsSpan(), KeyPurposes.Token);
        await silo.StopAsync();
        var dump = await TestDatabases.DumpAsync(silo.Folder);
        dump.ShouldNotContain(System.Text.Encoding.Latin1.GetString(key), Case.Sensitive);
        dump.ShouldNotContain(Convert.ToBase64String(key), Case.Sensitive);
        await silo.RemoveDataAsync();
    }
}
