using System.Security.Cryptography;
using Platform.Grains.Tests.Hosting;
using Platform.Hosting.MasterKeys;
using Platform.KeyRotation;
using Platform.Security;
using Platform.Silo.Hosting.KeyRotation;
using Platform.Storage;

namespace Platform.Grains.Tests.KeyRotation;

/// <summary>The steps of a rotation in one silo, by its clock.</summary>
public sealed class MasterKeyRotationTests
{
    [Fact, Trait("Threat", "T77")]
    public async Task Continue_KeyIsNotThere_WaitsAndWrapsNothingWithIt()
    {
        await using var silo = await SiloHost.StartAsync();
        using var next = new MasterKeyVersion(RandomNumberGenerator.GetBytes(32));
        await AnnounceAsync(silo, next);

        await LookAsync(silo);

        var rotation = await RotationAsync(silo);
        (rotation.Step, rotation.WaitsFor!.Contains($"does not hold key {next.Id} yet", StringComparison.Ordinal)).ShouldBe((MasterKeyRotationStep.Announced, true));
        silo.Service<MasterKey>().Current.Id.ShouldBe(rotation.FormerId);
        await silo.Grains.KeyRing("development").GetAsync(default);
    }

    /// <summary>Both keys open until the longest link has run out, and no moment longer.</summary>
    [Fact, Trait("Threat", "T77")]
    public async Task Continue_SevenDaysAfterTheWrapping_RetiresTheFormerKey()
    {
        await using var silo = await SiloHost.StartAsync();
        var (master, ring) = (silo.Service<MasterKey>(), silo.Grains.KeyRing("development"));
        var before = (await ring.GetAsync(default)).ShouldHaveSingleItem();
        var link = PasswordResetToken.Seal(master, PrefixedId.New<UserId>(silo.Time), RandomNumberGenerator.GetBytes(32));
        await AnnounceAsync(silo, silo.Service<OtherMasterKeys>().MakeBeside(master.Current));

        await LookAsync(silo);

        (await RotationAsync(silo)).Step.ShouldBe(MasterKeyRotationStep.Former);
        var keys = await ring.GetAsync(default);
        foreach (var key in keys) master.IsByCurrent(key.Wrapped.AsSpan()).ShouldBeTrue();
        keys.Length.ShouldBe(2, "a new one takes over, so that the former master key opens no token of later");
        master.Unwrap(keys[0].Wrapped.AsSpan(), KeyPurposes.Token).ShouldBe(master.Unwrap(before.Wrapped.AsSpan(), KeyPurposes.Token));
        PasswordResetToken.TryOpen(master, link, out _, out _).ShouldBeTrue();

        silo.Time.Advance(MasterKeyRotation.LongestLink - TimeSpan.FromSeconds(1));
        await LookAsync(silo);
        (await RotationAsync(silo)).Step.ShouldBe(MasterKeyRotationStep.Former);
        silo.Time.Advance(TimeSpan.FromSeconds(1));
        await LookAsync(silo);

        (await RotationAsync(silo)).Step.ShouldBe(MasterKeyRotationStep.Retired);
        master.Versions.All.ShouldHaveSingleItem();
        PasswordResetToken.TryOpen(master, link, out _, out _).ShouldBeFalse();
        (await silo.Service<MasterKeyTable>().HoldersAsync(default)).ShouldBeEmpty();
    }

    /// <summary>A look that has read an earlier step does not take the key away that a later one has found.</summary>
    [Fact]
    public async Task Look_SeveralAtOnce_TakeAllSteps()
    {
        await using var silo = await SiloHost.StartAsync();
        await AnnounceAsync(silo, silo.Service<OtherMasterKeys>().MakeBeside(silo.Service<MasterKey>().Current));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => LookAsync(silo))));

        (await RotationAsync(silo)).Step.ShouldBe(MasterKeyRotationStep.Former);
    }

    /// <summary>An erasure in the middle of it: the row is as the destruction left it.</summary>
    [Fact, Trait("Threat", "T52")]
    public async Task Continue_KeyDestroyedMeanwhile_StaysDestroyed()
    {
        await using var silo = await SiloHost.StartAsync();
        var keys = silo.Service<DataKeys>();
        var subjects = Enumerable.Range(0, 1200).Select(i => $"subject_{i:0000}").ToArray();
        await keys.EnsureAsync(subjects, [], default);
        await AnnounceAsync(silo, silo.Service<OtherMasterKeys>().MakeBeside(silo.Service<MasterKey>().Current));

        var looking = LookAsync(silo);
        for (var i = 0; i < subjects.Length; i += 40) await keys.DestroyAsync(subjects[i], default);
        await looking;

        var rows = await silo.Service<IDataKeyTable>().FindAsync(subjects, default);
        rows.Count.ShouldBe(subjects.Length);
        foreach (var row in rows)
        {
            var isDestroyed = Array.IndexOf(subjects, row.Subject) % 40 == 0;
            (row.Wrapped is null).ShouldBe(isDestroyed, row.Subject);
            if (row.Wrapped is { } wrapped) silo.Service<MasterKey>().IsByCurrent(wrapped.AsSpan()).ShouldBeTrue(row.Subject);
        }
    }

    /// <summary>A row that was altered before is no reason to wait for ever.</summary>
    [Fact]
    public async Task Continue_RowThatNobodyCanOpen_LeavesItAndGoesOn()
    {
        await using var silo = await SiloHost.StartAsync();
        var damaged = RandomNumberGenerator.GetBytes(60);
        await silo.Service<IDatabase>().WriteAsync(
            new Operation("write", "data_keys"), new Statement("INSERT INTO data_keys (subject_id, wrapped) VALUES ('subject_damaged', @wrapped)", ("@wrapped", damaged)), default);
        await AnnounceAsync(silo, silo.Service<OtherMasterKeys>().MakeBeside(silo.Service<MasterKey>().Current), retireNow: true);

        await LookAsync(silo);

        (await RotationAsync(silo)).Step.ShouldBe(MasterKeyRotationStep.Retired);
        (await silo.Service<IDataKeyTable>().FindAsync(["subject_damaged"], default)).ShouldHaveSingleItem().Wrapped!.Value.ShouldBe(damaged);
    }

    [Fact, Trait("Threat", "T77")]
    public async Task Start_BetweenTheStepsWithoutOneOfTheKeys_IsRefusedByItsName()
    {
        var silo = await SiloHost.StartAsync();
        var next = silo.Service<OtherMasterKeys>().MakeBeside(silo.Service<MasterKey>().Current);
        await AnnounceAsync(silo, next);
        await LookAsync(silo);
        var path = Path.Combine(silo.Folder, "keys", $"master-{next.Id}.key");
        File.Move(path, path + ".away");

        (await Should.ThrowAsync<Platform.Hosting.StartupException>(() => silo.RestartAsync())).Message.ShouldContain($"the database needs key {next.Id}");
        File.Move(path + ".away", path);
        var first = Path.Combine(silo.Folder, "keys", "master.key");
        File.Move(first, first + ".away");
        (await Should.ThrowAsync<Platform.Hosting.StartupException>(() => silo.RestartAsync())).Message.ShouldMatch("this process lacks key [0-9a-f]{16}: both are needed until the former one is retired");
        await silo.RemoveDataAsync();
    }

    private static async Task AnnounceAsync(SiloHost silo, MasterKeyVersion next, bool retireNow = false)
    {
        var table = silo.Service<MasterKeyTable>();
        var secrets = await table.ReadAsync(default);
        var announced = new MasterKeyRotation { Step = MasterKeyRotationStep.Announced, Next = [.. next.Fingerprint], Former = secrets.Current, AnnouncedAt = silo.Time.GetUtcNow(), RetireNow = retireNow };
        (await table.TrySaveAsync(secrets, announced, default)).ShouldBeTrue();
        (await table.TrySaveAsync(secrets, announced, default)).ShouldBeFalse("somebody has written since");
    }

    private static Task LookAsync(SiloHost silo) => silo.Service<MasterKeyWatch>().LookAsync(default);

    private static async Task<MasterKeyRotation> RotationAsync(SiloHost silo) => (await silo.Service<MasterKeyTable>().ReadAsync(default)).Rotation.ShouldNotBeNull();
}
