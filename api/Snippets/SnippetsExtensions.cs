using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Platform.Api.Snippets;

internal static class SnippetsExtensions
{
    public static void AddSnippetPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SnippetIndex>();
        builder.Services.TryAddSingleton<PageLimits>();
        builder.Services.AddSingleton<ScriptMap>();
        builder.Services.AddSingleton<ScriptFiles>();
    }

    public static void UsePageCors(this WebApplication app) => app.UseMiddleware<PageCorsMiddleware>();

    public static void UsePages(this WebApplication app) => app.UseMiddleware<PageMiddleware>();
}
