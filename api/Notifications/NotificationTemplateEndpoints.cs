using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Notifications;

namespace Platform.Api.Notifications;

/// <summary>The texts of a tenant's notifications (row NOTIFY, decision 112).</summary>
internal static class NotificationTemplateEndpoints
{
    public static void MapNotificationTemplates(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/notification-templates", "Notification templates", CallClass.Other).RequireTenant();

        group.MapGet("", ListAsync).WithName("listNotificationTemplates").WithSummary("List notification templates")
            .WithDescription("The templates of the tenant's notifications in one language, its own or the shipped ones [manage-users].").Refuses(ProblemKind.Forbidden);
        group.MapGet("/{name}/{language}", GetAsync).WithName("getNotificationTemplate").WithSummary("Read a notification template")
            .WithDescription("One template [manage-users].").Refuses(ProblemKind.Forbidden);
        group.MapPut("/{name}/{language}", SetAsync).WithName("setNotificationTemplate").WithSummary("Write a notification template")
            .WithDescription("Write a template anew [manage-users]. Notifications that wait are written by it, too. Needs the edition standard or enterprise.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.EditionRequired);
        group.MapDelete("/{name}/{language}", ResetAsync).WithName("resetNotificationTemplate").WithSummary("Use the shipped template again")
            .WithDescription("Use the shipped template again [manage-users].").Refuses(ProblemKind.Forbidden);
        group.MapPost("/{name}/{language}/preview", PreviewAsync).WithName("previewNotificationTemplate").WithSummary("Preview a notification template")
            .WithDescription("Show a template with made-up data, as its receiver would read it [manage-users]. Saves and sends nothing.").Refuses(ProblemKind.Forbidden);
    }

    private static Task<Results<Ok<ListBody<NotificationTemplateBody>>, Problem>> ListAsync(
        Caller caller, TenantScope tenant, LanguageQuery language, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(
            query,
            $"notification-templates:{tenant.Id}:{language.Language}",
            page => grains.NotificationTemplates(tenant.Id).ListAsync(caller.Actor, language.Language, page, cancellationToken),
            NotificationTemplateBody.Of);

    private static async Task<Results<Ok<NotificationTemplateBody>, Problem>> GetAsync(
        NotificationTemplateRoute template, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.NotificationTemplates(tenant.Id).GetAsync(caller.Actor, template.Name, template.Language, cancellationToken));

    private static async Task<Results<Ok<NotificationTemplateBody>, Problem>> SetAsync(
        NotificationTemplateRoute template, JsonBody<NotificationTemplateDraftBody> body, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.NotificationTemplates(tenant.Id).SetAsync(caller.Actor, template.Name, template.Language, body.Value.ToDraft(), cancellationToken));

    private static async Task<Results<NoContent, Problem>> ResetAsync(
        NotificationTemplateRoute template, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.NotificationTemplates(tenant.Id).ResetAsync(caller.Actor, template.Name, template.Language, cancellationToken);
        return outcome.ToNoContent();
    }

    private static async Task<Results<Ok<NotificationPreviewBody>, Problem>> PreviewAsync(
        NotificationTemplateRoute template, JsonBody<NotificationTemplateDraftBody> body, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.NotificationTemplates(tenant.Id).PreviewAsync(caller.Actor, template.Name, template.Language, body.Value.ToDraft(), cancellationToken);
        return outcome.Value is { } preview ? TypedResults.Ok(NotificationPreviewBody.Of(preview)) : outcome.ToProblem();
    }

    private static Results<Ok<NotificationTemplateBody>, Problem> ToResult(Outcome<NotificationTemplateView> outcome) =>
        outcome.Value is { } template ? TypedResults.Ok(NotificationTemplateBody.Of(template)) : outcome.ToProblem();
}
