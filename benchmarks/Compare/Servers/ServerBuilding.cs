using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Platform.Benchmarks.Compare.Servers;

internal static class ServerBuilding
{
    /// <summary>The builder that ASP.NET Core's templates use, without logs.</summary>
    public static WebApplicationBuilder CreateBuilder(ServerSettings settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = settings.Folder });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));
        return builder;
    }

    public static void Listen(KestrelServerOptions kestrel, ServerSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(X509Certificate2.CreateFromPemFile(settings.Certificate, settings.CertificateKey)));
    }

    /// <summary>Headers of an answer with values that are made once.</summary>
    public static KeyValuePair<string, StringValues>[] Headers(this Answer answer) =>
        [.. answer.Headers.Select(header => KeyValuePair.Create(header.Name, new StringValues(header.Value)))];

    public static void Set(this HttpResponse response, KeyValuePair<string, StringValues>[] headers)
    {
        foreach (var (name, value) in headers) response.Headers[name] = value;
    }

    /// <summary>The token of <c>Authorization: Bearer …</c>; empty without one.</summary>
    public static string Token(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var value = request.Headers.Authorization.ToString();
        return value.StartsWith(Scheme, StringComparison.Ordinal) ? value[Scheme.Length..] : "";
    }
}
