using Platform.Sessions;
using Platform.Users;

namespace Platform.Api.Security;

/// <summary>Who calls, as established from a live session. Bound into handlers of endpoints that require one.</summary>
internal sealed record Caller(SessionView Session, bool IsBearer)
{
    public Actor Actor { get; } = new()
    {
        TenantId = Session.TenantId,
        UserId = Session.UserId,
        SessionId = Session.Id,
        Permissions = Session.Subject.Permissions,
    };

    public bool IsOperator => Actor.Holds(Permissions.Operate);

    /// <exception cref="InvalidOperationException">The endpoint does not require a session: a mistake in its mapping.</exception>
    public static ValueTask<Caller> BindAsync(HttpContext context) => new(Of(context));

    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException($"{context.GetEndpoint()} takes a {nameof(Caller)} but does not require a session.");
}
