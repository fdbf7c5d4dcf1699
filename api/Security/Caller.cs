using Platform.Api.Http;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Api.Security;

/// <summary>Who calls, as established from a live session. Bound into handlers of endpoints that require one.</summary>
internal sealed class Caller(SessionView session, bool isBearer, HttpContext context)
{
    private Actor? _actor;

    public SessionView Session => session;

    public bool IsBearer => isBearer;

    /// <summary>Made when it is asked for: a look at the session needs none.</summary>
    public Actor Actor => _actor ??= new()
    {
        TenantId = session.TenantId,
        UserId = session.UserId,
        SessionId = session.Id,
        Permissions = Rights,
        Client = Client.Of(context),
        Username = session.Subject.Username,
        AuthenticatedAt = session.CreatedAt,
        SecondFactorAt = session.SecondFactorAt,
    };

    public bool IsOperator => Rights.HasFlag(Permissions.Operate);

    /// <summary>Defence in depth: where a session that is limited to enrolment is let in, it still holds nothing.</summary>
    private Permissions Rights => session.Scope == SessionScope.Full ? session.Subject.Permissions : Permissions.None;

    /// <exception cref="InvalidOperationException">The endpoint does not require a session: a mistake in its mapping.</exception>
    public static ValueTask<Caller> BindAsync(HttpContext context) => new(Of(context));

    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException($"{context.GetEndpoint()} takes a {nameof(Caller)} but does not require a session.");
}
