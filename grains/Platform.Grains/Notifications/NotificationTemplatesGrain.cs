using Platform.Audit;
using Platform.Internal;
using Platform.Paging;
using Platform.State;
using Platform.Tenants;
using Platform.Text;

namespace Platform.Notifications;

internal sealed class NotificationTemplatesGrain([CommittedState(StateNames.NotificationTemplates)] Committed<StoredNotificationTemplates> state, AuditLog audit)
    : Grain, INotificationTemplatesGrain, INotificationTemplatesGrainInternal
{
    private TenantId _tenant;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenant = PrefixedId.Parse<TenantId>(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public Task<NotificationTemplateDraft?> FindAsync(string name, NotificationLanguage language, CancellationToken cancellationToken) =>
        Task.FromResult(OwnOf(name, language) is { } own ? new NotificationTemplateDraft(own.Subject, own.Text) : null);

    public async Task DropAsync(CancellationToken cancellationToken)
    {
        if (state.Value is not null) await state.ClearAsync(cancellationToken);
        DeactivateOnIdle();
    }

    public Task<Outcome<Page<NotificationTemplateView>>> ListAsync(Actor actor, NotificationLanguage language, PageRequest page, CancellationToken cancellationToken) => Task.FromResult<Outcome<Page<NotificationTemplateView>>>(
        Refuse(actor) is not Refusal.None and var refusal
            ? refusal
            : Pages.Of(ShippedTemplates.All.Values.Where(template => template.IsOfTenant).Select(template => ViewOf(template, language)), page, view => view.Name));

    public Task<Outcome<NotificationTemplateView>> GetAsync(Actor actor, string name, NotificationLanguage language, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<NotificationTemplateView>>(Find(actor, name, out var template) is not Refusal.None and var refusal ? refusal : ViewOf(template!, language));

    public async Task<Outcome<NotificationTemplateView>> SetAsync(Actor actor, string name, NotificationLanguage language, NotificationTemplateDraft draft, CancellationToken cancellationToken)
    {
        if (Find(actor, name, out var template) is not Refusal.None and var refusal) return refusal;
        if (await GrainFactory.TenantInternal(_tenant).FindAsync(cancellationToken) is not { } tenant) return Refusal.NotFound;
        if (tenant.Edition is TenantEdition.Trial or TenantEdition.Developer) return Refusal.EditionRequired;
        var faults = new List<InputError>();
        if (TryRead(template!, draft, faults) is null) return InputErrors.Of([.. faults]);
        var (before, after) = (OwnOf(name, language), new StoredNotificationTemplate(name, language, draft.Subject, draft.Text));
        if (before != after) await SaveAsync(actor, AuditActions.NotificationTemplateSet, before, after, cancellationToken);
        return ViewOf(template!, language);
    }

    public async Task<Outcome> ResetAsync(Actor actor, string name, NotificationLanguage language, CancellationToken cancellationToken)
    {
        if (Find(actor, name, out _) is not Refusal.None and var refusal) return refusal;
        if (OwnOf(name, language) is { } before) await SaveAsync(actor, AuditActions.NotificationTemplateReset, before, after: null, cancellationToken);
        return Outcome.Done;
    }

    public async Task<Outcome<NotificationPreview>> PreviewAsync(Actor actor, string name, NotificationLanguage language, NotificationTemplateDraft? draft, CancellationToken cancellationToken)
    {
        if (Find(actor, name, out var template) is not Refusal.None and var refusal) return refusal;
        if (await GrainFactory.TenantInternal(_tenant).FindAsync(cancellationToken) is not { } tenant) return Refusal.NotFound;
        var faults = new List<InputError>();
        return TryRead(template!, draft ?? SourceOf(name, language), faults) is { } text
            ? text.Render(NotificationSamples.Of(template!, tenant.Slug, tenant.Name), language)
            : InputErrors.Of([.. faults]);
    }

    /// <summary>Null, with every fault, where it is not understood or of no use to its receiver.</summary>
    private static NotificationText? TryRead(ShippedTemplate template, NotificationTemplateDraft draft, List<InputError> faults)
    {
        var isMail = template.Channel == NotificationChannel.Email;
        if (isMail != draft.Subject is not null) faults.Add(new InputError("/subject", isMail ? "missing" : "not_taken", isMail ? "A mail has a subject." : "A text message has no subject."));
        if (NotificationText.Parse(draft, faults) is not { } text || faults.Count > 0) return null;
        foreach (var unknown in text.Variables.Except(template.Variables)) faults.Add(new InputError("/text", "unknown_variable", $"There is no variable {unknown}. Known are {string.Join(", ", template.Variables)}."));
        foreach (var missing in template.Required.Except(text.Variables)) faults.Add(new InputError("/text", "missing_variable", $"Name the variable {missing}: without it the message is of no use."));
        return faults.Count == 0 ? text : null;
    }

    private async Task SaveAsync(Actor actor, string action, StoredNotificationTemplate? before, StoredNotificationTemplate? after, CancellationToken cancellationToken)
    {
        var own = state.Value?.Own ?? [];
        if (before is not null) own = own.Remove(before);
        if (after is not null) own = own.Add(after);
        var one = (after ?? before)!;
        var target = new AuditParty(AuditParties.NotificationTemplate, $"{one.Name}/{one.Language.ToTag()}", null);
        await audit.RecordThenAsync(
            _tenant,
            [AuditEntry.By(actor, action, target, AuditChanges.Text("/subject", before?.Subject, after?.Subject), AuditChanges.Text("/text", before?.Text, after?.Text))],
            () => state.CommitAsync(new StoredNotificationTemplates { Own = own }, cancellationToken));
    }

    private Refusal Refuse(Actor actor) => actor.TenantId != _tenant ? Refusal.NotFound : actor.Holds(Permissions.ManageUsers) ? Refusal.None : Refusal.Forbidden;

    private Refusal Find(Actor actor, string name, out ShippedTemplate? template)
    {
        template = null;
        if (Refuse(actor) is not Refusal.None and var refusal) return refusal;
        return ShippedTemplates.TryFindOfTenant(name, out template) ? Refusal.None : Refusal.NotFound;
    }

    private StoredNotificationTemplate? OwnOf(string name, NotificationLanguage language) => state.Value?.Own.FirstOrDefault(own => own.Name == name && own.Language == language);

    private NotificationTemplateDraft SourceOf(string name, NotificationLanguage language) =>
        OwnOf(name, language) is { } own ? new NotificationTemplateDraft(own.Subject, own.Text) : ShippedTemplates.Text(name, language).Source;

    private NotificationTemplateView ViewOf(ShippedTemplate template, NotificationLanguage language)
    {
        var source = SourceOf(template.Name, language);
        return new NotificationTemplateView
        {
            Name = template.Name,
            Language = language,
            Channel = template.Channel,
            Subject = source.Subject,
            Text = source.Text,
            Variables = [.. template.Variables],
            IsCustom = OwnOf(template.Name, language) is not null,
        };
    }
}
