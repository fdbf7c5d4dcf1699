namespace Platform.Snippets;

/// <summary>The snippet's grain as other grains see it; hosts see <see cref="ISnippetGrain"/>.</summary>
[Alias("platform.ISnippetAccountGrain")]
public interface ISnippetAccountGrain : IGrainWithStringKey
{
    /// <summary>With its first script published, for a tenant that is about to be made.</summary>
    [Alias("CreatePrimary")]
    Task<SnippetPublication> CreatePrimaryAsync(TenantId tenant, string name, CancellationToken cancellationToken);
}
