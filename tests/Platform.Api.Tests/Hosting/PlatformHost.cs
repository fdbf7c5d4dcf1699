using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Api.Hosting;
using Platform.Hosting;
using Platform.Security;
using Platform.Server;

namespace Platform.Api.Tests.Hosting;

/// <summary>
/// The real program in this process: Kestrel with TLS on a free loopback port, grains, a database of its own (<see cref="TestDatabases"/>) and a clock that the test moves.
/// A password costs next to nothing on it (<see cref="CheapHashing"/>).
/// Shared by the tests of a class; each test makes its own tenant.
/// </summary>
public class PlatformHost : IApiHost, IAsyncLifetime
{
    public const string OperatorPassword = "Night-Ferry-2-Malmo";

    private readonly string[] _settings;
    private readonly bool _ownsFolder;
    private WebApplication? _app;
    private string? _operator;

    public PlatformHost() : this([]) { }

    internal PlatformHost(params string[] settings) : this(folder: null, time: null, settings) { }

    internal PlatformHost(string? folder, ManualTimeProvider? time, params string[] settings)
    {
        _settings = settings;
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("platform-api-").FullName;
        Time = time ?? ManualTimeProvider.WithRealTimers();
    }

    internal string Folder { get; }

    /// <summary>Of a host that the grains are not to know. On all others no call may have been denied when they stop.</summary>
    private protected virtual bool ExpectsDeniedCalls => false;

    internal ManualTimeProvider Time { get; }

    internal RecordedLogs Logs { get; } = new();

    internal StringWriter Output { get; } = new();

    internal HttpClient Client { get; private set; } = null!;

    internal Uri Address => new(_app!.Urls.First(url => url.StartsWith("https:", StringComparison.Ordinal)));

    /// <summary>Only behind a proxy.</summary>
    internal Uri PlainAddress => new(_app!.Urls.First(url => url.StartsWith("http:", StringComparison.Ordinal)));

    internal IGrainFactory Grains => Service<IGrainFactory>();

    internal T Service<T>() where T : notnull => _app!.Services.GetRequiredService<T>();

    public virtual async ValueTask InitializeAsync()
    {
        _app = PlatformServer.Build(
            [
                "--urls=https://127.0.0.1:0",
                $"--Platform:DataDirectory={Folder}",
                $"--ConnectionStrings:Platform={await TestDatabases.OpenAsync(Folder)}",
                $"--Platform:Bootstrap:OperatorPassword={OperatorPassword}",
                "--Platform:RateLimits:Enabled=false",
                "--Platform:SignIn:FailuresPerNetwork=1000000",
                "--Platform:SignIn:FailuresPerTenant=1000000",
                "--Platform:SignIn:LoggedFailures=1000000",
                // Nothing answers there: no test asks the world's name servers.
                "--Platform:Snippets:NameServers:0=127.0.0.1:1",
                .. _settings,
            ],
            Configure);
        try
        {
            await _app.StartAsync();
        }
        catch
        {
            // A silo that never ran cannot be stopped.
            await _app.DisposeAsync();
            _app = null;
            throw;
        }

        Client = NewClient();
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeStartedAsync();
        if (_ownsFolder) await RemoveDataAsync();
    }

    /// <summary>For a test that has stopped it and looked at what it left.</summary>
    internal async Task RemoveDataAsync()
    {
        await TestDatabases.DropAsync(Folder);
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Stops; the data stays.</summary>
    internal async Task DisposeStartedAsync()
    {
        Client?.Dispose();
        if (_app is null) return;
        var demand = _app.Services.GetServices<IIncomingGrainCallFilter>().OfType<RequireClusterCredential>().Single();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
        if (!ExpectsDeniedCalls) demand.DeniedCalls.ShouldBe(0, "nobody but the platform called its grains");
    }

    /// <summary>The platform stops and comes back on the same data, at the same time of day.</summary>
    internal async Task RestartAsync()
    {
        await DisposeStartedAsync();
        await InitializeAsync();
    }

    /// <summary>A client that trusts exactly this host's certificate, keeps no cookies and follows nothing.</summary>
    Task<HttpResponseMessage> IApiHost.SendAsync(HttpRequestMessage request) => Client.SendAsync(request);

    internal HttpClient NewClient() => new(NewHandler()) { BaseAddress = Address };

    internal SocketsHttpHandler NewHandler() => new()
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null && certificate.GetCertHash(HashAlgorithmName.SHA256).AsSpan().SequenceEqual(Service<ServerCertificate>().Value.GetCertHash(HashAlgorithmName.SHA256)),
        },
    };

    /// <summary>One session for all, renewed where a test moved the clock past its end.</summary>
    internal async Task<string> OperatorTokenAsync()
    {
        if (_operator is null || (await this.ValidateAsync(_operator)).Status != HttpStatusCode.NoContent)
        {
            _operator = (await this.SignInAsync("platform", "operator", OperatorPassword)).Token;
        }

        return _operator;
    }

    private void Configure(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton(new StartupBannerOutput(Output));
        builder.Services.AddSingleton<ILoggerProvider>(Logs);
        CheapHashing.Put(builder.Services);
        ConfigureMore(builder);
    }

    private protected virtual void ConfigureMore(WebApplicationBuilder builder) { }
}
