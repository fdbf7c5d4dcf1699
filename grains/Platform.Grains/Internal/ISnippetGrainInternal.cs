using Platform.Snippets;

namespace Platform.Internal;

/// <summary>The snippet's grain as other grains of the silo see it; hosts see <see cref="ISnippetGrain"/> and cannot reach this one.</summary>
[Alias("platform.ISnippetAccountGrain")]
internal interface ISnippetGrainInternal : IGrainWithStringKey
{
    /// <summary>With its first script published, for a tenant that is about to be made.</summary>
    [Alias("CreatePrimary")]
    Task<SnippetPublication> CreatePrimaryAsync(TenantId tenant, string name, CancellationToken cancellationToken);

    /// <inheritdoc cref="IUserGrainInternal.DropAsync"/>
    [Alias("Drop")]
    Task DropAsync(CancellationToken cancellationToken);
}
