using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.DeniedRequests;
using Platform.Api.ForwardedHeaders;
using Platform.Api.Problems;
using Platform.Api.Tokens;
using Platform.Benchmarks.Hosting;
using Platform.Sessions;

namespace Platform.Benchmarks.Http;

/// <summary>
/// What stands between the web server and a handler that needs a live session: our middleware against the framework's (forwarded headers, exception handler, an authentication handler,
/// an authorization policy), over the same session authenticator. Neither has a server, a router or a body.
/// </summary>
public class PipelineBenchmarks
{
    private const int Count = 1024;

    private readonly string[] _headers = new string[Count];
    private BenchmarkSilo _silo = null!;
    private WebApplication _nothing = null!;
    private WebApplication _ours = null!;
    private WebApplication _framework = null!;
    private RequestDelegate _throughNothing = null!;
    private RequestDelegate _throughOurs = null!;
    private RequestDelegate _throughFramework = null!;

    // The in-process toolchain does not wait for a set-up that returns a task.
    [GlobalSetup]
    public void Setup() => SetupAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void Cleanup() => CleanupAsync().GetAwaiter().GetResult();

    /// <summary>The request and the handler: what both others pay, too.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public Task<int> Nothing() => AnswerAsync(_nothing, _throughNothing);

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public Task<int> Framework() => AnswerAsync(_framework, _throughFramework);

    [Benchmark(OperationsPerInvoke = Count)]
    public Task<int> Ours() => AnswerAsync(_ours, _throughOurs);

    private async Task SetupAsync()
    {
        _silo = await BenchmarkSilo.StartAsync();
        var maker = new SessionMaker();
        var key = await _silo.Service<TokenKeyRing>().SealingKeyAsync(default);
        UserId user = default;
        for (var i = 0; i < Count; i++)
        {
            if (i % 16 == 0) user = await maker.NewUserAsync(_silo, i);
            var id = await maker.OpenAsync(_silo, user, i);
            _headers[i] = "Bearer " + maker.Token(key, id, i, _silo.Clock.GetUtcNow() + TimeSpan.FromDays(1));
        }

        (_nothing, _throughNothing) = Build(_ => { }, _ => { });
        (_ours, _throughOurs) = Build(
            services => services.AddSingleton(_silo.Service<DeniedRequestQueue>()).AddSingleton(Options.Create(new ProxyOptions())),
            app =>
            {
                app.UseMiddleware<ProblemMiddleware>();
                app.UseMiddleware<TrustedProxyMiddleware>();
                Route(app, new SessionRequirement(SessionCheckMode.Peek));
                app.UseMiddleware<ApiKeyAuthenticationMiddleware>(_silo.Service<ApiKeyAuthenticator>());
                app.UseMiddleware<SessionAuthenticationMiddleware>();
                app.UseMiddleware<TenantAuthorizationMiddleware>(_silo.Grains);
            });
        (_framework, _throughFramework) = Build(
            services =>
            {
                services.AddProblemDetails();
                services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);
                services.AddAuthentication(SessionHandler.Name).AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.Name, configureOptions: null);
                services.AddAuthorizationBuilder().AddPolicy("read", policy => policy.RequireAuthenticatedUser().RequireClaim("permission", "read"));
            },
            app =>
            {
                app.UseExceptionHandler();
                app.UseForwardedHeaders();
                Route(app, new AuthorizeAttribute("read"));
                app.UseAuthentication();
                app.UseAuthorization();
            });
    }

    private async Task CleanupAsync()
    {
        foreach (var app in new[] { _nothing, _ours, _framework }) await app.DisposeAsync();
        await _silo.DisposeAsync();
    }

    private (WebApplication App, RequestDelegate Pipeline) Build(Action<IServiceCollection> register, Action<IApplicationBuilder> use)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        builder.Services.AddRouting();
        builder.Services.AddSingleton(_silo.Authenticator);
        register(builder.Services);
        var app = builder.Build();
        var pipeline = new ApplicationBuilder(app.Services);
        use(pipeline);
        pipeline.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        return (app, pipeline.Build());
    }

    /// <summary>As the router would have found it.</summary>
    private static void Route(IApplicationBuilder app, object requirement)
    {
        var endpoint = new Endpoint(_ => Task.CompletedTask, new EndpointMetadataCollection(requirement), "peek");
        app.Use(next => context =>
        {
            context.SetEndpoint(endpoint);
            return next(context);
        });
    }

    private async Task<int> AnswerAsync(WebApplication app, RequestDelegate pipeline)
    {
        var scopes = app.Services.GetRequiredService<IServiceScopeFactory>();
        for (var i = 0; i < Count; i++)
        {
            var context = new DefaultHttpContext { ServiceScopeFactory = scopes };
            context.Connection.RemoteIpAddress = IPAddress.Loopback;
            context.Request.Scheme = Uri.UriSchemeHttps;
            context.Request.Method = HttpMethods.Get;
            context.Request.Headers.Authorization = _headers[i];
            await pipeline(context);
            if (context.Features.Get<IServiceProvidersFeature>() is IAsyncDisposable scope) await scope.DisposeAsync();
            if (context.Response.StatusCode != StatusCodes.Status204NoContent) throw new InvalidOperationException($"Answered {context.Response.StatusCode}.");
        }

        return Count;
    }

    /// <summary>The same look at the session as an authentication handler of the framework.</summary>
    private sealed class SessionHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SessionAuthenticator authenticator)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        public const string Name = "session";

        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var credential = Credential.Read(Request.Headers);
            if (credential.Token.IsEmpty) return AuthenticateResult.NoResult();
            var check = await authenticator.CheckAsync(credential.Token, new SessionCheckRequest(SessionCheckMode.Peek, Context.Connection.RemoteIpAddress), Context.RequestAborted);
            if (check is not { State: SessionState.Live, View: { } view }) return AuthenticateResult.Fail("session_invalid");
            var identity = new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, view.UserId.ToString()),
                    new Claim("tenant", view.TenantId.ToString()),
                    new Claim("session", view.Id.ToString()),
                    new Claim("permission", "read"),
                    new Claim("permission", "edit"),
                ],
                Name);
            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
        }
    }
}
