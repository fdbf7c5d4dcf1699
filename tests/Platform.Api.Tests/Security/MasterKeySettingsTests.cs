using Microsoft.Extensions.Configuration;

namespace Platform.Api.Tests.Security;

/// <summary>Exactly one source of the master key, and none that others read.</summary>
public sealed class MasterKeySettingsTests : RefusedStartTest
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [Theory]
    [InlineData("Platform:MasterKeyFile and Platform:MasterKeyCommand are set", "Platform:MasterKeyFile=/x/master.key", "Platform:MasterKeyCommand=vault")]
    [InlineData("Platform:MasterKeyFile and Platform:MasterKey are set", "Platform:MasterKeyFile=/x/master.key", "Platform:MasterKey=" + Key)]
    [InlineData("Platform:MasterKey and Platform:MasterKeyCommand are set", "Platform:MasterKey=" + Key, "Platform:MasterKeyCommand=vault")]
    [InlineData("Platform:MasterKeyFile and Platform:MasterKey and Platform:MasterKeyCommand are set", "Platform:MasterKeyFile=/x", "Platform:MasterKey=" + Key, "Platform:MasterKeyCommand=vault")]
    [InlineData("Platform__MasterKey is not a key: it has to be 32 random bytes in base64", "Platform:MasterKey=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==")]
    [InlineData("Platform__MasterKey is not a key", "Platform:MasterKey=not base64 at all")]
    [InlineData("Platform:NextMasterKeyFile and Platform:NextMasterKey are set", "Platform:NextMasterKeyFile=/x/master.key", "Platform:NextMasterKey=" + Key)]
    [InlineData("Platform:NextMasterKey is the same key as Platform:MasterKey", "Platform:MasterKey=" + Key, "Platform:NextMasterKey=" + Key)]
    [InlineData("Platform__NextMasterKey is not a key: it has to be 32 random bytes in base64", "Platform:NextMasterKey=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==")]
    [InlineData("Platform:NextMasterKeyCommand is no program", "Platform:NextMasterKeyCommand=vault \"read")]
    [InlineData("Platform:MasterKeyCommand is no program", "Platform:MasterKeyCommand=vault \"read")]
    public async Task Start_SourcesThatCannotBe_AreNamedAndNothingIsMade(string expected, params string[] settings)
    {
        var (code, error) = await RunAsync([], configuration => configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Split('=', 2)[0], (string?)setting.Split('=', 2)[1]))));

        code.ShouldBe(1);
        error.ShouldContain(expected);
        error.ShouldNotContain(Key);
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T77"), Trait("Threat", "T76")]
    public async Task Start_KeyOnTheCommandLine_IsRefusedSinceOthersReadIt()
    {
        var (code, error) = await RunAsync([$"--Platform:MasterKey={Key}"]);

        code.ShouldBe(1);
        error.ShouldContain("Platform:MasterKey is not taken from the command line");
        error.ShouldNotContain(Key);
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T77")]
    public async Task Start_KeyInAFileOfSettings_IsRefused()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $$"""{ "Platform": { "MasterKey": "{{Key}}" } }""");

            var (code, error) = await RunAsync([], configuration => configuration.AddJsonFile(file));

            code.ShouldBe(1);
            error.ShouldContain("Platform:MasterKey is not taken from a file of settings");
            error.ShouldNotContain(Key);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
