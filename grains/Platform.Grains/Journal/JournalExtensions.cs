using Microsoft.Extensions.DependencyInjection;
using Platform.Lifecycle;
using Platform.Security;

namespace Platform.Journal;

internal static class JournalExtensions
{
    /// <summary>The journal of endings, which is off until its folder is set.</summary>
    public static IServiceCollection AddJournal(this IServiceCollection services)
    {
        services.AddOptions<JournalOptions>().BindConfiguration(JournalOptions.Section);
        services.AddSingleton<JournalKey>();
        services.AddSingleton<EndingJournal>();
        services.AddSiloService<JournalHeartbeat>(SiloStages.Writers);
        return services;
    }
}
