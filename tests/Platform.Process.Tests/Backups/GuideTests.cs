using System.Net;

namespace Platform.Process.Tests.Backups;

/// <summary>Types the commands of the guides for backups and keys as they stand there.</summary>
[Trait("Database", "Unused")]
public sealed class GuideTests(ITestOutputHelper output) : BackupProcessTest(output)
{
    /// <summary>Settings, calls (<c>BackupCallsTests</c>), and lines for PostgreSQL, which <c>PointInTimeTests</c> takes from the same page.</summary>
    private static readonly string[] ForOtherTests =
    [
        "Platform__Backups__Target=/mnt/backups",
        "curl … https://…/v1/operator/backups",
        "curl -X POST … -H 'Idempotency-Key: before-the-upgrade' https://…/v1/operator/backups",
        "Platform__Backups__Journal=/mnt/journal",
        "archive_mode = on",
        "archive_command = 'test ! -f /mnt/wal/%f && cp %p /mnt/wal/%f'",
        "pg_basebackup -D /mnt/base -c fast",
        "restore_command = 'cp /mnt/wal/%f %p'",
        "recovery_target_time = '2026-11-29 23:15:00+00'",
        "recovery_target_action = 'promote'",
    ];

    private string Mnt => Path.Combine(Target, "mnt");

    [Fact]
    public async Task Backups_Typed_BringADemoToAnotherMachine()
    {
        var guide = await Guide.ReadAsync("backups.md");
        var platform = await StartAsync();
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        var (old, other, third) = (Machine("old", Folder.Path), Machine("other"), Machine("third"));

        await TypeAsync(old, guide.Take("./run backup --to"));
        (await RefusedAsync(old, guide.Take("./run restore --from /mnt"))).ShouldMatch("holds a database already|Another process|is not empty");
        File.Copy(Path.Combine(Folder.Path, "keys", "master.key"), Path.Combine(other, "master.key"));
        await TypeAsync(other, guide.Take("mkdir -p data/keys"));
        await TypeAsync(other, guide.Take("./run restore --from <backup>"));
        await ShouldBeThereAsync(other, platform.OperatorPassword);

        await platform.KillAsync();
        await TypeAsync(third, $"cp -r '{Folder.Path}' data");
        await TypeAsync(third, guide.Take("./run restore --recovered"));
        await ShouldBeThereAsync(third, platform.OperatorPassword);

        foreach (var line in (string[])["gpg --quick-generate-key", "gpg --export"]) guide.Take(line);
        guide.Left.ShouldBe(ForOtherTests);
    }

    [Fact]
    public async Task Recipients_Typed_OpenTheBackupWithTheirKeyAlone()
    {
        Assert.SkipUnless((await Bash.RunAsync("command -v gpg")).ExitCode == 0, "gpg is not on this machine.");
        var guide = await Guide.ReadAsync("backups.md");
        var platform = await StartAsync();
        await platform.CreateTenantAsync((await platform.SignInAsync()).Token, "acme");
        var (old, other) = (Machine("old", Folder.Path), Machine("other"));
        await TypeAsync(other, guide.Take("gpg --quick-generate-key"));
        await TypeAsync(other, guide.Take("gpg --export"));
        await TypeAsync(old, $"Platform__Backups__Recipients='{other}/backup-keys.asc' ./run backup --to /mnt/backups");
        await TypeAsync(other, $"mkdir -p data/keys && cp '{Folder.Path}/keys/master.key' data/keys/");

        (await RefusedAsync(other, "./run restore --from <backup>")).ShouldContain("--key");
        await TypeAsync(other, "gpg --export-secret-keys --armor > secret.asc");
        await TypeAsync(other, "./run restore --from <backup> --key secret.asc");

        await ShouldBeThereAsync(other, platform.OperatorPassword);
    }

    [Fact]
    public async Task Keys_Typed_GiveALockedOutOperatorANewPassword()
    {
        var guide = await Guide.ReadAsync("keys-and-backups.md");
        var platform = await StartAsync();
        await platform.StopAsync();
        var here = Machine("here", Folder.Path);
        string[] commands = [guide.Take("./run reset-operator"), guide.Take("/app/platform reset-operator").Split('#')[0].Replace("/app/platform", "./run", StringComparison.Ordinal)];

        foreach (var command in commands) (await TypeAsync(here, command.Replace("/var/lib/platform", "data", StringComparison.Ordinal))).ShouldContain("password", Case.Insensitive);

        guide.Left.ShouldBeEmpty();
    }

    /// <summary>A folder like a clone of the repository, whose <c>./run</c> needs no build.</summary>
    private string Machine(string name, string? data = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Target, name)).FullName;
        Directory.CreateDirectory(Mnt);
        Directory.CreateDirectory(Path.Combine(folder, "gnupg"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (data is not null) Directory.CreateSymbolicLink(Path.Combine(folder, "data"), data);
        var run = Path.Combine(folder, "run");
        File.WriteAllText(run, $"#!/bin/sh\nexport Platform__DataDirectory=\"$PWD/data\"\nexec '{Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"}' exec '{PlatformStart.PathOf("PlatformServer")}' \"$@\"\n");
        File.SetUnixFileMode(run, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return folder;
    }

    private async Task<string> TypeAsync(string machine, string line)
    {
        var typed = await BashAsync(machine, line);
        typed.ExitCode.ShouldBe(0, $"{line}\n{typed}");
        return typed.Output;
    }

    private async Task<string> RefusedAsync(string machine, string line)
    {
        var typed = await BashAsync(machine, line);
        typed.ExitCode.ShouldNotBe(0, $"{line}\n{typed}");
        return typed.Errors;
    }

    /// <summary>What stands in the guide for the reader's own places is put in; gpg asks for no passphrase.</summary>
    private async Task<BashResult> BashAsync(string machine, string line)
    {
        var backups = Path.Combine(Mnt, "backups");
        var newest = Directory.Exists(backups) ? Directory.GetDirectories(backups).Max(StringComparer.Ordinal) : null;
        var own = line.Replace("<backup>", newest, StringComparison.Ordinal).Replace("/mnt/backups/platform-production-20261129T230000Z", newest, StringComparison.Ordinal);
        if (newest is null || !own.Contains(newest, StringComparison.Ordinal)) own = own.Replace("/mnt/", $"{Mnt}/", StringComparison.Ordinal);
        var result = await Bash.RunAsync(
            $$"""
            cd '{{machine}}' && export GNUPGHOME="$PWD/gnupg"
            gpg() { command gpg --batch --pinentry-mode loopback --passphrase '' "$@"; }
            {{own}}
            """);
        Output.WriteLine($"{machine}$ {own}\n{result}");
        return result;
    }

    private async Task ShouldBeThereAsync(string machine, string operatorPassword)
    {
        await using var folder = new DataFolder();
        Directory.Move(Path.Combine(machine, "data"), folder.Path);
        await using var restored = await PlatformProcess.StartAsync(new PlatformStart(folder), operatorPassword);
        (await restored.TrySignInAsync("acme", "owner", ApiCalls.Password)).ShouldBe(HttpStatusCode.OK);
        restored.ShouldHaveDeniedNoCall();
    }
}
