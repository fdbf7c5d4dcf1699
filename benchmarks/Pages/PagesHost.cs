using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Platform.Api;
using Platform.Api.Hosting;
using Platform.Hosting;
using Platform.Server;
using Platform.Silo.Hosting;

namespace Platform.Benchmarks.Pages;

/// <summary>
/// The whole platform in this process, on SQLite, as it is started otherwise: with Kestrel and TLS on a loopback port. Its pipeline is there once more without these, so that what a
/// request costs the platform can be told from what it costs the web server.
/// </summary>
internal sealed class PagesHost : IAsyncDisposable
{
    public const string OperatorPassword = "Slow-Glacier-48";

    /// <summary>Nothing here is to be refused.</summary>
    private static readonly string[] Limits = ["Requests", "Sessions", "SignIn", "PageCalls", "PageSignIn", "SnippetCalls", "SnippetSignIn"];

    private readonly WebApplication _app;
    private readonly RequestDelegate _pipeline;
    private readonly IHttpContextFactory _contexts;
    private readonly HttpClient _client;

    private PagesHost(WebApplication app, RequestDelegate pipeline)
    {
        (_app, _pipeline, _contexts) = (app, pipeline, app.Services.GetRequiredService<IHttpContextFactory>());
        var certificate = app.Services.GetRequiredService<ServerCertificate>().Value.GetCertHash(HashAlgorithmName.SHA256);
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHash(HashAlgorithmName.SHA256).AsSpan().SequenceEqual(certificate) == true,
            },
        })
        {
            BaseAddress = new Uri(app.Urls.First()),
        };
    }

    public static async Task<PagesHost> StartAsync(string folder)
    {
        var app = PlatformServer.Build(
            [
                "--urls=https://127.0.0.1:0", $"--Platform:DataDirectory={folder}", $"--Platform:Bootstrap:OperatorPassword={OperatorPassword}", "--Logging:LogLevel:Default=Error",
                .. Limits.Select(limit => $"--Platform:RateLimits:{limit}PerMinute=1000000"),
            ],
            builder => builder.Services.AddSingleton(new StartupBannerOutput(TextWriter.Null)));
        IApplicationBuilder builder = app;
        builder.UseEndpoints(static _ => { });
        var pipeline = builder.Build();
        await app.StartAsync();
        return new PagesHost(app, pipeline);
    }

    /// <summary>One call through the pipeline alone. The body goes nowhere.</summary>
    public async ValueTask<int> CallAsync(PageCallKind kind)
    {
        var features = new FeatureCollection();
        var headers = new HeaderDictionary { ["Host"] = "localhost" };
        foreach (var (name, value) in kind.Headers) headers[name] = value;
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = kind.Method, Scheme = "https", Protocol = "HTTP/1.1", Path = kind.Path, RawTarget = kind.Path, Headers = headers });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback });
        var context = _contexts.Create(features);
        try
        {
            await _pipeline(context);
            return context.Response.StatusCode;
        }
        finally
        {
            _contexts.Dispose(context);
        }
    }

    /// <summary>One call over HTTPS, its answer read to the end.</summary>
    public async ValueTask<int> SendAsync(PageCallKind kind)
    {
        using var request = new HttpRequestMessage(new HttpMethod(kind.Method), kind.Path);
        foreach (var (name, value) in kind.Headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _client.SendAsync(request);
        await response.Content.CopyToAsync(Stream.Null);
        return (int)response.StatusCode;
    }

    public async Task<JsonElement> AskAsync(string method, string path, object? body = null, string? token = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = JsonContent.Create(body);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new InvalidOperationException($"{method} {path}: {text}");
    }

    public async Task<string> ReadETagAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        return response.EnsureSuccessStatusCode().Headers.ETag!.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
