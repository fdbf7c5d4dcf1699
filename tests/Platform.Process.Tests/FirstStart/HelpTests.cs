using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.FirstStart;

/// <summary>Who asks for help starts nothing.</summary>
[Trait("Database", "Unused")]
public sealed class HelpTests(ITestOutputHelper output) : ProcessTest(output)
{
    public static TheoryData<string, string[], string> Questions => new()
    {
        { "PlatformServer", ["--help"], "verify-log" },
        { "PlatformServer", ["-h"], "docs/operations/settings.md" },
        { "PlatformServer", ["--demo", "--help"], "--demo" },
        { "PlatformServer", ["--help", "--Platform:Environment=test"], "probe" },
        { "PlatformServer", ["--version"], "0.1.0" },
        { "PlatformServer", ["verify-log", "--help"], "--checkpoints" },
        { "PlatformServer", ["probe", "--help"], "readyz" },
        { "PlatformServer", ["migrate", "--help"], "--dry-run" },
        { "PlatformServer", ["reset-operator", "--help"], "shown once" },
        { "PlatformServer", ["rotate-master-key", "--help"], "--retire-now" },
        { "PlatformApi", ["--help"], "Platform.Api.dll" },
        { "PlatformApi", ["--version"], "0.1.0" },
        { "PlatformApi", ["verify-log", "--help"], "--checkpoints" },
        { "PlatformApi", ["probe", "--help"], "readyz" },
        { "PlatformSilo", ["--help"], "Platform.Silo.dll" },
        { "PlatformSilo", ["--version"], "0.1.0" },
        { "PlatformSilo", ["probe", "--help"], "readyz" },
        { "PlatformSilo", ["migrate", "--help"], "--dry-run" },
        { "PlatformSilo", ["reset-operator", "--help"], "shown once" },
        { "PlatformSilo", ["rotate-master-key", "--help"], "--retire-now" },
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Help_IsPrintedAndMakesNothing(string program, string[] arguments, string expected)
    {
        var ended = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder) { Program = program, Arguments = arguments });

        ended.ExitCode.ShouldBe(0, ended.ToString());
        ended.Output.ShouldContain(expected);
        ended.Errors.ShouldBeEmpty();
        Directory.Exists(Folder.Path).ShouldBeFalse("nothing is made");
    }

    [Theory]
    [InlineData("PlatformServer", "Platform__DataDirectry", "Platform:DataDirectry is not a setting of this process. Did you mean Platform:DataDirectory?")]
    [InlineData("PlatformApi", "Platform__Cluster__SiloPort", "Platform:Cluster:SiloPort is not a setting of this process.")]
    [InlineData("PlatformSilo", "Platform__Cluster__SiloPrt", "Did you mean Platform:Cluster:SiloPort?")]
    public async Task Start_UnknownSettingInTheEnvironment_IsRefused(string program, string variable, string expected)
    {
        var ended = await PlatformProcess.RunToEndAsync(new PlatformStart(Folder) { Program = program, Settings = [(variable, "1")] });

        ended.ExitCode.ShouldBe(1);
        ended.Errors.ShouldContain(expected);
        Directory.Exists(Folder.Path).ShouldBeFalse("nothing is made");
    }
}
