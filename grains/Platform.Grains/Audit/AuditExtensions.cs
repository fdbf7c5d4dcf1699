using Microsoft.Extensions.DependencyInjection;

namespace Platform.Audit;

internal static class AuditExtensions
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AuditLog>()
        .AddSingleton<AuditJournal>()
        .AddSingleton<AuditSealer>()
        .AddSingleton<AuditSigner>()
        .AddSingleton<AuditVerifier>();
}
