using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Api.Limits;
using Platform.Hosting.Clustering;
using Platform.Hosting.Settings;
using Platform.Security;
using Platform.Server;
using Platform.Silo.Hosting.Clustering;
using Platform.Storage;

namespace Platform.Api.Tests.Hosting;

/// <summary>What is not understood stops the start, wherever it comes from, and the right name is told.</summary>
public sealed class SettingsTests : RefusedStartTest
{
    private const string Secret = "Kept-To-Myself-42";

    [Theory]
    [InlineData("--dmeo", "--dmeo is not an option. Did you mean --demo?")]
    [InlineData("--url=https://localhost:0", "--url is not an option. Did you mean --urls?")]
    [InlineData("--hlep", "--hlep is not an option. Did you mean --help?")]
    [InlineData("verify-lgo", "verify-lgo is not a command. Did you mean verify-log?")]
    [InlineData("Platform:Environment=test", "Platform:Environment is not a command. Did you mean --Platform:Environment?")]
    [InlineData("/Platform:Environment=test", "Did you mean --Platform:Environment?")]
    [InlineData("--Platfrom:Environment=test", "Did you mean --Platform:Environment?")]
    [InlineData("--FORWARDEDHEADERS_ENABLED=true", "--FORWARDEDHEADERS_ENABLED is not an option.")]
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
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty();
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
        var arguments = new HostArguments(["--demo", "--Platform:DataDirectory=/x", "--urls", "https://localhost:1"], new HostSyntax([], ["--demo"], new KnownSettings()));

        arguments.Has("--demo").ShouldBeTrue();
        arguments.Configuration.ShouldBe(["--Platform:DataDirectory=/x", "--urls=https://localhost:1"]);
        arguments.Faults(new ConfigurationBuilder().Build()).ShouldBeEmpty();
    }

    [Fact]
    public async Task KnownSettings_HoldEveryOptionsClassThatTheHostBinds()
    {
        var bound = new List<Type>();
        await using var app = PlatformServer.Build(
            [$"--Platform:DataDirectory={Folder}"],
            builder => builder.Services.AddSingleton(new BoundOptions(() => bound.AddRange(builder.Services.Select(service => service.ServiceType)))));
        app.Services.GetRequiredService<BoundOptions>().Read();

        var ours = bound.Where(type => type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>))
            .Select(type => type.GenericTypeArguments[0])
            .Where(type => type.Namespace!.StartsWith("Platform", StringComparison.Ordinal))
            .Distinct().ToList();
        ours.Count.ShouldBeGreaterThan(5);
        ours.Where(type => SectionOf(type) is null).ShouldBeEmpty("options without a Section would have their settings refused");
        var all = new[] { typeof(PlatformOptions), typeof(PasswordHashingOptions), typeof(DatabaseOptions), typeof(NodeOptions), typeof(ClusterCertificateOptions), typeof(LimitsOptions) }
            .SelectMany(type => type.Assembly.GetTypes()).Where(type => SectionOf(type) is not null && type != typeof(ClientOptions)).Union(ours).ToList();
        all.Count.ShouldBeGreaterThan(10);
        all.SelectMany(type => type.GetProperties().Where(property => property.SetMethod is { IsPublic: true }).Select(property => $"{SectionOf(type)}:{property.Name}"))
            .Where(name => !PlatformServer.Syntax.Settings.Names.Any(known => known == name || known.StartsWith(name + ":", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    /// <summary>Null for what is no options class.</summary>
    private static string? SectionOf(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.Name.EndsWith("Options", StringComparison.Ordinal)
            ? type.GetField("Section", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)?.GetRawConstantValue() as string
            : null;

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

    private sealed record BoundOptions(Action Read);
}
