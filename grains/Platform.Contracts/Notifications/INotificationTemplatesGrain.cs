using Orleans.Concurrency;

namespace Platform.Notifications;

/// <summary>Key: <see cref="TenantId"/>. Owns the texts of its notifications that a tenant has written in place of the shipped ones (row NOTIFY).</summary>
/// <remarks>
/// Members with <see cref="Permissions.ManageUsers"/>; <see cref="Refusal.NotFound"/> for other tenants, for a template that does not exist and for one that is the platform's own (reports of
/// vulnerabilities, attacks on many accounts).
/// </remarks>
[Alias("platform.INotificationTemplatesGrain")]
public interface INotificationTemplatesGrain : IGrainWithStringKey
{
    /// <summary>All of a language, by name.</summary>
    [Alias("List"), AlwaysInterleave]
    Task<Outcome<Page<NotificationTemplateView>>> ListAsync(Actor actor, NotificationLanguage language, PageRequest page, CancellationToken cancellationToken);

    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<NotificationTemplateView>> GetAsync(Actor actor, string name, NotificationLanguage language, CancellationToken cancellationToken);

    /// <summary><see cref="Refusal.EditionRequired"/> to trial and developer tenants: nobody without a contract has the platform send their own words. <see cref="Refusal.InvalidRequest"/> with what is wrong with them.</summary>
    [Alias("Set")]
    Task<Outcome<NotificationTemplateView>> SetAsync(Actor actor, string name, NotificationLanguage language, NotificationTemplateDraft draft, CancellationToken cancellationToken);

    /// <summary>The shipped text again. Does nothing where that is in use.</summary>
    [Alias("Reset")]
    Task<Outcome> ResetAsync(Actor actor, string name, NotificationLanguage language, CancellationToken cancellationToken);

    /// <summary>Shows the template with made-up data; <paramref name="draft"/> null: the one in use. Sends nothing.</summary>
    [Alias("Preview"), AlwaysInterleave]
    Task<Outcome<NotificationPreview>> PreviewAsync(Actor actor, string name, NotificationLanguage language, NotificationTemplateDraft? draft, CancellationToken cancellationToken);
}
