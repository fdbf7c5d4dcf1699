using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Notifications;

namespace Platform.Api.Notifications;

/// <summary>Name and language of a template in a route. What is neither names nothing.</summary>
internal sealed record NotificationTemplateRoute(string Name, NotificationLanguage Language, Problem? Problem) : IBindingResult
{
    public static ValueTask<NotificationTemplateRoute> BindAsync(HttpContext context)
    {
        var name = context.GetRouteValue("name") as string ?? "";
        return new(NotificationLanguages.TryParse(context.GetRouteValue("language") as string, out var language)
            ? new NotificationTemplateRoute(name, language, Problem: null)
            : new NotificationTemplateRoute(name, default, new Problem(ProblemKind.NotFound)));
    }
}
