using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Platform.Snippets;

internal static class SnippetsExtensions
{
    public static void AddSnippets(this IServiceCollection services)
    {
        services.AddOptions<SnippetOptions>().BindConfiguration(SnippetOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<SnippetOptions>, SnippetOptionsValidator>();
        services.AddSingleton<SnippetDomains>();
        services.AddSingleton<SnippetDomainList>();
        services.AddSingleton<SnippetProofs>();
        services.AddSingleton<SnippetVersions>();
        services.AddSingleton<DomainResolver>();
        services.TryAddSingleton<DomainConnector>();
        services.AddSingleton<TxtProof>();
        services.AddSingleton<FileProof>();
        services.AddSingleton(provider => new DomainProofs(provider.GetRequiredService<TxtProof>(), provider.GetRequiredService<FileProof>()));
    }
}
