using System.Collections.Immutable;
using Orleans.Services;
using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Silo.Clustering;

/// <summary>One on every silo: takes what the others tell it. Answers within a second, or counts as one that does not listen.</summary>
[Alias("platform.INodeService")]
internal interface INodeService : IGrainService
{
    [Alias("TakeTerms"), ResponseTimeout(Patience)]
    Task TakeTermsAsync(TenantId tenant, TenantTerms terms);

    [Alias("ForgetKey"), ResponseTimeout(Patience)]
    Task ForgetKeyAsync(string subject);

    [Alias("Recall"), ResponseTimeout(Patience)]
    Task RecallAsync(ImmutableArray<SessionId> sessions);

    internal const string Patience = "00:00:01";
}
