using Platform.Api.Http;

namespace Platform.Api.Users;

/// <summary>The user named by <c>{id}</c>. A text that is no id answers like an absent user. The user's grain refuses callers of other tenants.</summary>
internal sealed record UserRoute(UserId Id, Problem? Problem) : IBound
{
    public static ValueTask<UserRoute> BindAsync(HttpContext context) => new(
        UserId.TryParse(context.GetRouteValue("id") as string, out var id) ? new UserRoute(id, null) : new UserRoute(default, new Problem(ProblemKind.NotFound)));
}
