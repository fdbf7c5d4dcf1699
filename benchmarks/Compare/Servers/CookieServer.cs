using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>ASP.NET Core's cookie authentication and authorization as in its documentation: the session travels in the cookie, nobody can end it before it expires.</summary>
internal static class CookieServer
{
    public const string SignInPath = "/sign-in";

    public static WebApplication Build(ServerSettings settings)
    {
        var builder = ServerBuilding.CreateBuilder(settings);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "__Host-session";
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            cookie.ExpireTimeSpan = TimeSpan.FromMinutes(30);
            cookie.Events.OnRedirectToLogin = context =>
            {
                context.Response.StatusCode = 401;
                return Task.CompletedTask;
            };
        });
        var app = builder.Build();
        var answer = settings.Answers[ComparedCall.Peek.Path];
        var headers = answer.Headers();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPost(SignInPath, (HttpContext context) => context.SignInAsync(Owner()));
        app.MapGet(ComparedCall.Peek.Path, (HttpResponse response) =>
        {
            response.Set(headers);
            return TypedResults.Text(answer.Body, answer.ContentType);
        }).RequireAuthorization();
        return app;
    }

    private static ClaimsPrincipal Owner() => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, "usr_0123456789abcdef0123456789abcdef"),
            new Claim(ClaimTypes.Name, "owner"),
            new Claim("tenant", "ten_0123456789abcdef0123456789abcdef"),
            new Claim(ClaimTypes.Role, "owner"),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));
}
