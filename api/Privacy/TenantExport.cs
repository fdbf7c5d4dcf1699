using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.ApiKeys;
using Platform.Api.Audit;
using Platform.Api.IpRules;
using Platform.Api.Notifications;
using Platform.Api.Scenarios;
using Platform.Api.Snippets;
using Platform.Api.Support;
using Platform.Api.Tenants;
using Platform.Api.Users;
using Platform.Audit;
using Platform.Notifications;
using Platform.Scenarios;
using Platform.Sessions;
using Platform.Tenants;
using Platform.Users;
using Names = Platform.Api.Privacy.TenantExportDescription;

namespace Platform.Api.Privacy;

/// <summary>Everything of one tenant that its managers may see, before the tenant is deleted or at any other time (row PRIVACY).</summary>
internal sealed class TenantExport(Actor actor, TenantView tenant, IGrainFactory grains, TimeProvider time, IDisposable turn) : IResult, IEndpointMetadataProvider
{
    private const int ItemsPerStep = 100;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(void), [ExportArchive.MediaType]));

    public async Task ExecuteAsync(HttpContext context)
    {
        using var _ = turn;
        await ExportArchive.SendAsync(context, tenant.Id.ToString(), time, archive => WriteAsync(archive, context.Request, context.RequestAborted));
    }

    private async Task WriteAsync(ExportArchive archive, HttpRequest request, CancellationToken cancellationToken)
    {
        var id = tenant.Id;
        await archive.AddTextAsync("README.txt", Names.Text(id, tenant.Name, time.GetUtcNow()));
        await archive.AddAsync(Names.Tenant, TenantBody.Of(tenant));
        await archive.AddLinesAsync(Names.Roles, Steps(page => grains.TenantRoles(id).ListAsync(actor, page, cancellationToken)), RoleBody.Of);
        await archive.AddAsync(Names.IpRules, IpRulesBody.Of(ExportSteps.Allowed(await grains.IpRules(id).GetAsync(actor, cancellationToken))));
        await WritePeopleAsync(archive, cancellationToken);
        await WriteScenariosAsync(archive, cancellationToken);
        await archive.AddLinesAsync(Names.Snippets, Steps(page => grains.Listing().ListSnippetsAsync(actor, id, page, cancellationToken)), view => SnippetBody.Of(view, request));
        await archive.AddLinesAsync(Names.ApiKeys, Steps(page => grains.ApiKeys(id).ListAsync(actor, page, cancellationToken)), ApiKeyBody.Of);
        await archive.AddLinesAsync(Names.SupportGrants, Steps(page => grains.Support(id).ListAsync(actor, page, cancellationToken)), SupportGrantBody.Of);
        await archive.AddLinesAsync(Names.Templates, TemplatesAsync(cancellationToken), NotificationTemplateBody.Of);
        await archive.AddLinesAsync(Names.Erasures, Steps(page => grains.Privacy().ListErasuresAsync(actor, page, cancellationToken)), ErasureBody.Of);

        // The log last, so that it tells of all that is in the files before it.
        await archive.AddLinesAsync(Names.Log, ExportSteps.ReadAsync(after => grains.AuditReader().ReadAsync(actor, id, new AuditFilter(), after, cancellationToken)), AuditEventBody.Of);
        await archive.AddAsync(Names.Checkpoints, await ReadCheckpointsAsync(cancellationToken));
    }

    private async Task WritePeopleAsync(ExportArchive archive, CancellationToken cancellationToken)
    {
        await archive.AddLinesAsync(Names.Users, UsersAsync(new UserFilter(), cancellationToken), ManagedUserBody.Of);
        await archive.AddLinesAsync(Names.Invitations, UsersAsync(new UserFilter { Status = UserStatus.Invited }, cancellationToken), ManagedUserBody.Of);
        await archive.AddLinesAsync(Names.Sessions, SessionsAsync(cancellationToken), found => ExportedUserSessionBody.Of(found.User, found.Session));
    }

    private async Task WriteScenariosAsync(ExportArchive archive, CancellationToken cancellationToken)
    {
        await archive.AddLinesAsync(Names.Scenarios, ScenariosAsync(cancellationToken), ScenarioBody.Of);
        await archive.AddLinesAsync(
            Names.Grants, OfScenariosAsync((id, page) => grains.Scenario(id).ListGrantsAsync(actor, page, cancellationToken), cancellationToken), found => new ExportedOf<GrantBody>(found.Scenario, GrantBody.Of(found.Item)));
        await archive.AddLinesAsync(
            Names.History, OfScenariosAsync((id, page) => grains.Scenario(id).ListHistoryAsync(actor, page, cancellationToken), cancellationToken), found => new ExportedOf<HistoryBody>(found.Scenario, HistoryBody.Of(found.Item)));
        await archive.AddLinesAsync(
            Names.Comments, OfScenariosAsync((id, page) => grains.Scenario(id).ListCommentsAsync(actor, page, cancellationToken), cancellationToken), found => new ExportedOf<CommentBody>(found.Scenario, CommentBody.Of(found.Item)));
    }

    private IAsyncEnumerable<UserView> UsersAsync(UserFilter filter, CancellationToken cancellationToken) =>
        Steps(page => grains.Listing().ListUsersAsync(actor, tenant.Id, filter, page, cancellationToken));

    private async IAsyncEnumerable<(UserId User, SessionListing Session)> SessionsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var user in UsersAsync(new UserFilter(), cancellationToken))
        {
            await foreach (var session in PresentAsync(page => grains.Listing().ListSessionsAsync(actor, user.Id, SessionFilter.All, page, cancellationToken))) yield return (user.Id, session);
        }
    }

    private IAsyncEnumerable<ScenarioListing> ListingsAsync(CancellationToken cancellationToken) =>
        Steps(page => grains.Listing().ListScenariosAsync(actor, tenant.Id, new ScenarioFilter(), page, cancellationToken));

    /// <summary>Without those that were deleted since they were listed.</summary>
    private async IAsyncEnumerable<ScenarioView> ScenariosAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var listing in ListingsAsync(cancellationToken))
        {
            if ((await grains.Scenario(listing.Id).GetAsync(actor, cancellationToken)).Value is { } scenario) yield return scenario;
        }
    }

    private async IAsyncEnumerable<(ScenarioId Scenario, T Item)> OfScenariosAsync<T>(
        Func<ScenarioId, PageRequest, Task<Outcome<Page<T>>>> read, [EnumeratorCancellation] CancellationToken cancellationToken) where T : class
    {
        await foreach (var listing in ListingsAsync(cancellationToken))
        {
            await foreach (var item in PresentAsync(page => read(listing.Id, page))) yield return (listing.Id, item);
        }
    }

    private async IAsyncEnumerable<NotificationTemplateView> TemplatesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var language in Enum.GetValues<NotificationLanguage>())
        {
            await foreach (var template in Steps(page => grains.NotificationTemplates(tenant.Id).ListAsync(actor, language, page, cancellationToken))) yield return template;
        }
    }

    private async Task<AuditCheckpointsBody> ReadCheckpointsAsync(CancellationToken cancellationToken)
    {
        var items = new List<AuditCheckpointBody>();
        IReadOnlyList<AuditKeyBody> keys = [];
        string? after = null;
        do
        {
            var found = ExportSteps.Allowed(await grains.AuditReader().ListCheckpointsAsync(actor, tenant.Id, new PageRequest(ItemsPerStep, after), cancellationToken));
            items.AddRange(found.Page.Items.Select(AuditCheckpointBody.Of));
            (keys, after) = ([.. found.Keys.Select(AuditKeyBody.Of)], found.Page.Next);
        }
        while (after is not null);
        return new AuditCheckpointsBody(items, NextCursor: null, keys);
    }

    private static IAsyncEnumerable<T> Steps<T>(Func<PageRequest, Task<Outcome<Page<T>>>> read) where T : class => ExportSteps.ReadAsync(after => read(new PageRequest(ItemsPerStep, after)));

    /// <summary>Of a user or scenario that may be gone since it was listed: then nothing.</summary>
    private static IAsyncEnumerable<T> PresentAsync<T>(Func<PageRequest, Task<Outcome<Page<T>>>> read) where T : class => Steps(async page =>
        await read(page) is { Refusal: not Refusal.NotFound } outcome ? outcome : new Page<T>([], null));
}

/// <summary>Something of a scenario, with the scenario.</summary>
internal sealed record ExportedOf<T>(ScenarioId ScenarioId, T Item);

internal sealed record ExportedUserSessionBody(UserId UserId, ExportedSessionBody Session)
{
    public static ExportedUserSessionBody Of(UserId user, SessionListing session) => new(user, ExportedSessionBody.Of(session));
}
