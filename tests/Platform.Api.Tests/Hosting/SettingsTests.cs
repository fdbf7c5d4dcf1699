using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Settings;

namespace Platform.Api.Tests.Hosting;

/// <summary>What is not understood stops the start, wherever it comes from, and the right name is told.</summary>
public sealed class SettingsTests : IDisposable
{
    private const string Secret = "Kept-To-Myself-42";

    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("platform-settings-").FullName;

    public void Dispose() => System.IO.Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--dmeo", "--dmeo is not an option. Did you mean --demo?")]
    [InlineData("--url=https://localhost:0", "--url is not an option. Did you mean --urls?")]
    [InlineData("--hlep", "--hlep is not an option. Did you mean --help?")]
    [InlineData("verify-lgo", "verify-lgo is not a command. Did you mean verify-log?")]
    [InlineData("Platform:Environment=test", "Platform:Environment is not a command. Did you mean --Platform:Environment?")]
    [InlineData("/Platform:Environment=test", "Did you mean --Platform:Environment?")]
    [InlineData("--Platfrom:Environment=test", "Did you mean --Platform:Environment?")]
    [InlineData("--demo=false", "--demo takes no value.")]
    [InlineData("--Platform:Environment", "--Platform:Environment needs a value")]
    [InlineData("--Platform:Enviroment=test", "Platform:Enviroment is not a setting of this process. Did you mean Platform:Environment?")]
    [InlineData("--platform:sessions:idletimout=00:30:00", "Did you mean Platform:Sessions:IdleTimeout?")]
    [InlineData("--Platform:IdleTimeout=00:30:00", "Did you mean Platform:Sessions:IdleTimeout?")]
    [InlineData("--Platform:Environment:Name=test", "Platform:Environment:Name is not a setting of this process.")]
    [InlineData("--Platform:Notifications:Smtp:User=me", "Did you mean Platform:Notifications:Smtp:")]
    [InlineData("--Platform:Cluster:Certificate:Pth=/x", "Did you mean Platform:Cluster:Certificate:Path?")]
    [InlineData("--ConnectionStrings:Platfrom=Host=x", "ConnectionStrings:Platfrom is not a setting of this process. Did you mean ConnectionStrings:Platform?")]
    public async Task Start_NotUnderstoodOnTheCommandLine_IsRefusedWithTheNearestName(string argument, string expected)
    {
        var (code, error) = await RunAsync([argument]);

        code.ShouldBe(1);
        error.ShouldContain(expected);
        System.IO.Directory.EnumerateFileSystemEntries(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_UnknownSettingFromAnotherSource_IsRefusedAndItsValueNotShown()
    {
        var (code, error) = await RunAsync([], configuration => configuration.AddInMemoryCollection([new("Platform:Bootstrap:OperatorPasword", Secret)]));

        code.ShouldBe(1);
        error.ShouldContain("Platform:Bootstrap:OperatorPasword is not a setting of this process. Did you mean Platform:Bootstrap:OperatorPassword?");
        error.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Start_SeveralFaultsOfAllKinds_NamesThemAllAtOnce()
    {
        var (_, error) = await RunAsync(["--dmeo", "--Platform:Enviroment=test", "--Platform:RateLimits:SignInPerMinute=0", "--urls=http://localhost:0", "--Platform:Sessions:IdleTimeout=soon"]);

        foreach (var expected in (string[])["--dmeo", "Platform:Enviroment", "'soon' at 'Platform:Sessions:IdleTimeout'"]) error.ShouldContain(expected);
    }

    [Fact]
    public void Start_FlagBeforeASetting_DoesNotSwallowIt()
    {
        var arguments = new HostArguments(["--demo", "--Platform:DataDirectory=/x", "--urls", "https://localhost:1"], new HostSyntax([], ["--demo"], KnownSettings.WithThoseOf()));

        arguments.Has("--demo").ShouldBeTrue();
        arguments.Configuration.ShouldBe(["--Platform:DataDirectory=/x", "--urls=https://localhost:1"]);
        arguments.Faults(new ConfigurationBuilder().Build()).ShouldBeEmpty();
    }

    [Fact]
    public async Task KnownSettings_HoldEveryOptionsClassThatTheHostBinds()
    {
        var bound = new List<Type>();
        await using var app = PlatformApi.Build(
            [$"--Platform:DataDirectory={_folder}"],
            builder => builder.Services.AddSingleton(new BoundOptions(() => bound.AddRange(builder.Services.Select(service => service.ServiceType)))));
        app.Services.GetRequiredService<BoundOptions>().Read();

        var ours = bound.Where(type => type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>))
            .Select(type => type.GenericTypeArguments[0])
            .Where(type => type.Namespace!.StartsWith("Platform", StringComparison.Ordinal))
            .Distinct().ToList();
        ours.Count.ShouldBeGreaterThan(5);
        ours.Where(type => KnownSettings.SectionOf(type) is null).ShouldBeEmpty("options without a Section would have their settings refused");
    }

    [Theory]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "abcd", 1)]
    [InlineData("abc", "xbc", 1)]
    [InlineData("", "abc", 3)]
    public void Edits_CountsInsertsDeletesReplacementsAndSwaps(string a, string b, int edits)
    {
        NearestName.Edits(a, b).ShouldBe(edits);
        NearestName.Edits(b, a).ShouldBe(edits);
    }

    private async Task<(int Code, string Error)> RunAsync(string[] args, Action<IConfigurationBuilder>? configure = null)
    {
        var error = new StringWriter();
        var code = await HostRun.RunAsync(
            () => PlatformApi.Build(
                ["--urls=https://127.0.0.1:0", $"--Platform:DataDirectory={_folder}", .. args],
                builder =>
                {
                    Quiet.Configure(builder.Services);
                    configure?.Invoke(builder.Configuration);
                }),
            error);
        return (code, error.ToString());
    }

    private sealed record BoundOptions(Action Read);
}
