using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Platform.Hosting;
using Platform.Hosting.MasterKeys;

namespace Platform.Api.Tests.Security;

/// <summary>The program that hands out the master key, as it may behave.</summary>
public sealed class MasterKeyCommandTests : IDisposable
{
    private static bool IsAlive(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/status").Contains("State:\tZ", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private readonly string _folder = Directory.CreateTempSubdirectory("platform-key-").FullName;
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Threat", "T77")]
    public void Open_KeyOnStandardOutput_IsThatKey()
    {
        using var right = new Platform.Security.MasterKey(Convert.FromBase64String(_key));
        using var opened = new MasterKeyCommand($"{Script($"echo {_key}")} and \"an argument\"").Open();

        opened.Fingerprint().ShouldBe(right.Fingerprint());
    }

    [Theory]
    [InlineData("echo {0}; echo 'vault is sealed: {0}' >&2; exit 3", "ended with exit code 3 and said: vault is sealed: …")]
    [InlineData("set -x; echo {0}; false", "ended with exit code 1 and said: ")]
    [InlineData("echo {0}{0}", "wrote no key to its standard output.")]
    [InlineData("echo not-base64-{0}", "wrote no key to its standard output.")]
    [InlineData("head -c 100000 /dev/zero", "wrote no key to its standard output.")]
    [InlineData("true", "wrote no key to its standard output.")]
    [Trait("Threat", "T77"), Trait("Threat", "T76")]
    public void Open_ProgramFails_SaysHowWithoutTheKey(string script, string expected)
    {
        var refused = Should.Throw<StartupException>(() => new MasterKeyCommand(Script(script.Replace("{0}", _key, StringComparison.Ordinal))).Open());

        refused.Message.ShouldStartWith("Platform:MasterKeyCommand: the program '");
        refused.Message.ShouldContain(expected);
        refused.ToString().ShouldNotContain(_key);
        refused.ToString().ShouldNotContain(_key[..20]);
    }

    [Fact]
    public void Open_ProgramThatDoesNotEnd_IsGivenUpAndKilled()
    {
        var refused = Should.Throw<StartupException>(() => new MasterKeyCommand(Script($"echo $$ > {_folder}/pid; exec tail -f /dev/null"), TimeSpan.FromSeconds(1)).Open());

        refused.Message.ShouldContain("did not end within 1 s");
        var pid = int.Parse(File.ReadAllText(Path.Combine(_folder, "pid")), System.Globalization.CultureInfo.InvariantCulture);

        // The kernel ends it a little later than it is told to.
        var told = TimeProvider.System.GetTimestamp();
        while (IsAlive(pid) && TimeProvider.System.GetElapsedTime(told) < TimeSpan.FromSeconds(30)) Thread.Yield();
        IsAlive(pid).ShouldBeFalse("it was killed");
    }

    [Fact]
    public void Open_NoSuchProgram_SaysSo() =>
        Should.Throw<StartupException>(() => new MasterKeyCommand("/nowhere/vault read key").Open()).Message.ShouldContain("the program '/nowhere/vault' could not be started");

    [Fact]
    [Trait("Threat", "T77")]
    public void Open_WhatAShellWouldDo_IsNotDone()
    {
        var marker = Path.Combine(_folder, "marker");

        Should.Throw<StartupException>(() => new MasterKeyCommand($"{Script("echo \"$@\" >&2; exit 1")} $(touch {marker}) ; touch {marker} > {marker}").Open());

        File.Exists(marker).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("vault \"read")]
    [InlineData("\"\" read")]
    public void TryParse_NoProgram_IsRefused(string text) => CommandWords.TryParse(text).ShouldBeNull();

    [Fact]
    public void TryParse_QuotedWords_AreTheWordsAgain() => Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<NonNull<string>>>(), typed =>
    {
        string[] words = ["program", .. typed.Get.Select(word => word.Get.Replace("\"", "", StringComparison.Ordinal))];
        return CommandWords.TryParse(string.Join(' ', words.Select(word => $"\"{word}\"")))!.SequenceEqual(words);
    }).QuickCheckThrowOnFailure();

    private string Script(string body)
    {
        var path = Path.Combine(_folder, "key.sh");
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n", new UTF8Encoding(false));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
