using Platform.Api.Requests;
using Platform.ApiKeys;
using Platform.Sessions;

namespace Platform.Api.Authentication;

/// <summary>The caller, as established from a live session or an API key. Bound into handlers of endpoints that require one.</summary>
internal sealed class Caller
{
    private readonly SessionView? _session;
    private readonly ApiKeyGrant? _key;
    private readonly Permissions _permissions;
    private readonly HttpContext _context;
    private readonly (TenantId Tenant, SupportGrantId Grant)? _support;
    private Actor? _actor;

    public Caller(SessionView session, bool isBearer, HttpContext context)
    {
        (_session, IsBearer, _context) = (session, isBearer, context);
        // Defence in depth: where a session that is limited to enrolment is let in, it still holds nothing.
        _permissions = session.Scope == SessionScope.Full ? session.Subject.Permissions : Permissions.None;
    }

    /// <param name="key">The key presented.</param>
    /// <param name="permissions">What its scopes are worth at this endpoint, as far as its sponsor may do it.</param>
    /// <param name="context">The request.</param>
    public Caller(ApiKeyGrant key, Permissions permissions, HttpContext context) => (_key, _permissions, IsBearer, _context) = (key, permissions, true, context);

    private Caller(Caller @operator, TenantId tenant, SupportGrantId grant)
    {
        (_session, IsBearer, _context, _support) = (@operator._session, @operator.IsBearer, @operator._context, (tenant, grant));
        _permissions = Permissions.Read;
    }

    /// <exception cref="InvalidOperationException">An API key or an operator under a grant calls: the endpoint lets these in and needs the session itself.</exception>
    public SessionView Session => _session is { } session && _support is null
        ? session
        : throw new InvalidOperationException($"{_context.GetEndpoint()} needs a session and lets others in.");

    public bool IsBearer { get; }

    /// <summary>Made at the first use, because a peek at the session needs none.</summary>
    public Actor Actor => _actor ??= new()
    {
        TenantId = _support?.Tenant ?? _session?.TenantId ?? _key!.TenantId,
        UserId = _session?.UserId ?? default,
        SessionId = _session?.Id ?? default,
        Permissions = _permissions,
        Client = Client.Of(_context),
        Username = _session?.Subject.Username ?? _key!.Name,
        AuthenticatedAt = _session?.CreatedAt,
        SecondFactorAt = _session?.SecondFactorAt,
        ApiKey = _key?.Id,
        Sponsor = _key?.Sponsor ?? default,
        SupportGrant = _support?.Grant,
    };

    public bool IsOperator => _permissions.HasFlag(Permissions.Operate);

    /// <summary>The same operator as one who may read in that tenant, and nothing else anywhere.</summary>
    public Caller Under(SupportGrantId grant, TenantId tenant) => new(this, tenant, grant);

    /// <exception cref="InvalidOperationException">The endpoint does not require a session: a mistake in its mapping.</exception>
    public static ValueTask<Caller> BindAsync(HttpContext context) => new(Of(context));

    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException($"{context.GetEndpoint()} takes a {nameof(Caller)} but does not require a session.");
}
