using System.Net;
using System.Security.Cryptography;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.FirstStart;

/// <summary>A platform whose master key is kept elsewhere than in a file.</summary>
public sealed class MasterKeySourceTests(ITestOutputHelper output) : ProcessTest(output)
{
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    [Fact]
    [Trait("Threat", "T77"), Trait("Threat", "T76")]
    public async Task Variable_SealsWhatIsThereAndStandsNowhere()
    {
        var platform = await StartAsync(("Platform__MasterKey", _key));
        var session = await platform.SignInAsync();
        (await platform.StopAsync()).ShouldBe(0);
        platform = await RestartAsync(platform);
        (await platform.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK);

        Directory.Exists(Path.Combine(Folder.Path, "keys")).ShouldBeFalse("no other key was made");
        (await File.ReadAllTextAsync($"/proc/{platform.Id}/cmdline")).ShouldNotContain(_key);
        (await platform.StopAsync()).ShouldBe(0);
        platform.ToString().ShouldNotContain(_key);
        platform.Log.ShouldContain(" info: MasterKeyOpened ");
        (await Folder.PlacesWithAsync(_key)).ShouldBeEmpty();
        (await Folder.PlacesWithAsync(_key.TrimEnd('='))).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T77"), Trait("Fault", "F21")]
    public async Task Variable_AnotherKeyOrNone_IsRefusedWithBothNamesAndMakesNone()
    {
        var platform = await StartAsync(("Platform__MasterKey", _key));
        (await platform.StopAsync()).ShouldBe(0);
        using var right = new PlatformKeyName(_key);
        var wrong = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        using var other = new PlatformKeyName(wrong);

        var another = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder) { Settings = [("Platform__MasterKey", wrong)] });
        another.ExitCode.ShouldBe(1);
        another.Errors.ShouldContain($"The master key in the environment variable Platform__MasterKey is not the one with which this database was made. It is key {other.Id}, the database needs key {right.Id}.");
        another.Errors.ShouldNotContain(wrong);

        var none = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder));
        none.ExitCode.ShouldBe(1);
        none.Errors.ShouldContain($"The master key {Path.Combine(Folder.Path, "keys", "master.key")} is missing, and the database holds what only that key opens: key {right.Id}.");
        Directory.Exists(Path.Combine(Folder.Path, "keys")).ShouldBeFalse("none was made");
    }

    [Fact]
    [Trait("Threat", "T77")]
    public async Task Command_HandsOutTheKeyAtEachStart()
    {
        var script = Path.Combine(Directory.GetParent(Folder.Path)!.FullName, "vault.sh");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\n[ \"$1\" = 'read key' ] && echo {_key}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        var platform = await StartAsync(("Platform__MasterKeyCommand", $"{script} \"read key\""));
        var session = await platform.SignInAsync();
        (await platform.StopAsync()).ShouldBe(0);
        platform = await RestartAsync(platform);
        (await platform.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        (await platform.StopAsync()).ShouldBe(0);
        platform.ToString().ShouldNotContain(_key);

        var sealedVault = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder) { Settings = [("Platform__MasterKeyCommand", script)] });
        sealedVault.ExitCode.ShouldBe(1);
        sealedVault.Errors.ShouldContain($"Platform:MasterKeyCommand: the program '{script}' ended with exit code 1.");
    }

    /// <summary>The first half of HKDF's expansion, as another program would compute it.</summary>
    private sealed class PlatformKeyName(string key) : IDisposable
    {
        private readonly byte[] _key = Convert.FromBase64String(key);

        public string Id => Convert.ToHexStringLower(HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, 32, salt: [], info: "fingerprint-of-the-master-key"u8.ToArray()).AsSpan(0, 8));

        public void Dispose() => CryptographicOperations.ZeroMemory(_key);
    }
}
