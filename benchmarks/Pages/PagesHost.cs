using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Platform.Api.Hosting;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Pages;

/// <summary>
/// The whole platform in this process. Its pipeline is there once more without web server and TLS, so that what a request costs the platform can be told from what it costs these.
/// </summary>
internal sealed class PagesHost : IAsyncDisposable
{
    /// <summary>Nothing here is to be refused.</summary>
    private static readonly string[] Limits = ["Requests", "Sessions", "SignIn", "PageCalls", "PageSignIn", "SnippetCalls", "SnippetSignIn"];

    private readonly WebApplication _app;
    private readonly RequestDelegate _pipeline;
    private readonly IHttpContextFactory _contexts;

    private PagesHost(WebApplication app, RequestDelegate pipeline)
    {
        (_app, _pipeline, _contexts) = (app, pipeline, app.Services.GetRequiredService<IHttpContextFactory>());
        Api = new ApiClient(new Uri(app.Urls.First()), app.Services.GetRequiredService<ServerCertificate>().Value.GetCertHash(HashAlgorithmName.SHA256));
    }

    public ApiClient Api { get; }

    public IServiceProvider Services => _app.Services;

    public static Task<PagesHost> StartAsync(string folder) => StartAsync(folder, [.. Limits.Select(limit => $"--Platform:RateLimits:{limit}PerMinute=1000000")]);

    /// <param name="folder">Of its data.</param>
    /// <param name="settings">As on its command line.</param>
    public static async Task<PagesHost> StartAsync(string folder, params string[] settings)
    {
        var app = BenchmarkPlatform.Build(folder, settings);
        IApplicationBuilder builder = app;
        builder.UseEndpoints(static _ => { });
        var pipeline = builder.Build();
        await app.StartAsync();
        return new PagesHost(app, pipeline);
    }

    /// <summary>One call through the pipeline alone. The body of its answer goes nowhere.</summary>
    public ValueTask<int> CallAsync(PageCallKind kind) => CallAsync(kind, body: null);

    /// <inheritdoc cref="CallAsync(PageCallKind)"/>
    /// <param name="kind">The call.</param>
    /// <param name="body">Of the request; its type is among the headers.</param>
    public async ValueTask<int> CallAsync(PageCallKind kind, byte[]? body)
    {
        var features = new FeatureCollection();
        var headers = new HeaderDictionary { ["Host"] = "localhost" };
        foreach (var (name, value) in kind.Headers) headers[name] = value;
        if (body is not null) headers.ContentLength = body.Length;
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = kind.Method, Scheme = "https", Protocol = "HTTP/1.1", Path = kind.Path, RawTarget = kind.Path, Headers = headers, Body = body is null ? Stream.Null : new MemoryStream(body),
        });
        features.Set<IHttpRequestBodyDetectionFeature>(new MayHaveBody(body is not null));
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
        using var response = await Api.Http.SendAsync(request);
        await response.Content.CopyToAsync(Stream.Null);
        return (int)response.StatusCode;
    }

    public async Task<string> ReadETagAsync(string path)
    {
        using var response = await Api.Http.GetAsync(new Uri(path, UriKind.Relative));
        return response.EnsureSuccessStatusCode().Headers.ETag!.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed record MayHaveBody(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;
}
