using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Api.Sessions;
using Platform.ApiKeys;
using Platform.Users;

namespace Platform.Api.Users;

internal static class UserEndpoints
{
    private const Permissions Managing = Permissions.ManageUsers | Permissions.Read;

    /// <summary>A key may grant, and manage those who hold, all that its sponsor holds and a tenant can grant.</summary>
    private const Permissions Granting = Permissions.Owner;

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/users", "Users of a tenant", CallClass.Other).RequireTenant();

        group.MapGet("", ListAsync).WithName("listUsers").WithSummary("List and search users")
            .WithDescription("Users for whom all filters hold, in the order in which they were made [read; API key with scope read or users]. secondFactors, lastSignInAt, emailVerified and pendingEmail for manage-users only.")
            .Refuses(ProblemKind.Forbidden).ReadableBySupport()
            .AllowsApiKey(ApiKeyScopes.Read, Permissions.Read).AllowsApiKey(ApiKeyScopes.Users, Managing);
        group.MapPost("", CreateAsync).WithName("createUser").WithSummary("Make a user")
            .WithDescription("Make a user, with permissions or a role [manage-users; API key with scope users]. Without a password the user is invited: gets a link by mail, good once within seven days, and chooses it. With one the user chooses another at the first sign-in, unless mustChangePassword is false. Nobody grants what they do not hold.").AcceptsIdempotencyKey(Permissions.ManageUsers)
            .Refuses(ProblemKind.Forbidden, ProblemKind.PasswordPolicy, ProblemKind.UsernameTaken, ProblemKind.QuotaExceeded, ProblemKind.Busy)
            .AllowsApiKey(ApiKeyScopes.Users, Granting);
        group.MapGet("/{id}", GetAsync).WithName("getUser").WithSummary("Read a user")
            .WithDescription("One user [self or read; API key with scope read or users]. emailVerified and pendingEmail for manage-users and the user only.").Refuses(ProblemKind.Forbidden)
            .ReadableBySupport()
            .AllowsApiKey(ApiKeyScopes.Read, Permissions.Read).AllowsApiKey(ApiKeyScopes.Users, Managing);
        group.MapPatch("/{id}", ChangeAsync).WithName("changeUser").WithSummary("Change a user")
            .WithDescription("Change status, email or role [manage-users; API key with scope users]. Disabling ends every session. A new address waits until its owner confirms it, and the old one is told; one's own takes a sign-in of the last 15 minutes.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.LastManager, ProblemKind.ReauthenticationRequired)
            .AllowsApiKey(ApiKeyScopes.Users, Granting);
        group.MapDelete("/{id}", DeleteAsync).WithName("deleteUser").WithSummary("Delete a user")
            .WithDescription("Delete a user [manage-users; API key with scope users]. Every session ends and the name is free for another.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.LastManager)
            .AllowsApiKey(ApiKeyScopes.Users, Granting);
        group.MapPut("/{id}/permissions", SetPermissionsAsync).WithName("setUserPermissions").WithSummary("Set the permissions of a user")
            .WithDescription("Set the permissions [manage-users; API key with scope users]; holds for the next validation.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.LastManager)
            .AllowsApiKey(ApiKeyScopes.Users, Granting);
        group.MapGet("/{id}/sessions", ListSessionsAsync).WithName("listUserSessions").WithSummary("List the sessions of a user")
            .WithDescription("Sessions of a user, newest first [manage-users; API key with scope sessions].").Refuses(ProblemKind.Forbidden)
            .AllowsApiKey(ApiKeyScopes.Sessions, Managing);
        group.MapDelete("/{id}/sessions", EndSessionsAsync).WithName("endUserSessions").WithSummary("End the sessions of a user")
            .WithDescription("End all sessions of a user [manage-users; API key with scope sessions or users].").Refuses(ProblemKind.Forbidden)
            .AllowsApiKey(ApiKeyScopes.Sessions, Granting).AllowsApiKey(ApiKeyScopes.Users, Granting);
        group.MapPost("/{id}/password-reset", SendPasswordResetAsync)
            .WithName("sendPasswordReset").WithSummary("Send a user a reset link")
            .WithDescription("Send the user a reset link [manage-users]. The answer does not contain the link; a second factor stays.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.InvalidRequest);
        group.MapPost("/{id}/invitation", SendInvitationAsync)
            .WithName("sendInvitation").WithSummary("Send an invitation again")
            .WithDescription("Send an invited user the invitation again [manage-users; API key with scope users]. The link before is void; three an hour.").Refuses(ProblemKind.Forbidden, ProblemKind.InvalidRequest)
            .AllowsApiKey(ApiKeyScopes.Users, Granting);
        group.MapDelete("/{id}/invitation", WithdrawInvitationAsync)
            .WithName("withdrawInvitation").WithSummary("Withdraw an invitation")
            .WithDescription("Withdraw the invitation [manage-users; API key with scope users]. Its link is void; the user stays invited until it is sent again, or the user is deleted.").Refuses(ProblemKind.Forbidden, ProblemKind.InvalidRequest)
            .AllowsApiKey(ApiKeyScopes.Users, Granting);
        group.MapDelete("/{id}/second-factors", ResetSecondFactorsAsync)
            .WithName("resetSecondFactors").WithSummary("Remove the second factors of a user")
            .WithDescription("Remove all second factors of a user who lost them [manage-users], not one's own. All sessions of the user end.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.NoSecondFactor);
    }

    private static Task<Results<Ok<ListBody<UserBody>>, Problem>> ListAsync(
        Caller caller, TenantScope tenant, UserQuery users, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var manages = caller.Actor.Holds(Permissions.ManageUsers);
        return cursors.AnswerAsync(
            query,
            $"users:{tenant.Id}:{users.Key}",
            page => grains.Listing().ListUsersAsync(caller.Actor, tenant.Id, users.Filter, page, cancellationToken),
            user => manages ? ManagedUserBody.Of(user) : UserBody.Of(user));
    }

    private static async Task<Results<Created<UserBody>, Problem>> CreateAsync(
        JsonBody<NewUserBody> body, Caller caller, TenantScope tenant, OperationId operation, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var user = body.Value;
        if (user.Password is { } password && PasswordInput.Check(password, "/password") is { } tooLong) return tooLong;
        if (user is { Password: null, MustChangePassword: not null })
        {
            return Problem.Invalid("/mustChangePassword", "password_missing", "Leave it out: without a password the user is invited, and chooses it.");
        }

        if (!PermissionInput.TryRead(user.Permissions, user.Role, out var permissions, out var problem)) return problem;
        var outcome = await grains.UserRegistration().CreateAsync(
            caller.Actor,
            new NewUser
            {
                TenantId = tenant.Id,
                Username = user.Username,
                Email = user.Email,
                Password = user.Password,
                MustChangePassword = user.MustChangePassword ?? true,
                Permissions = permissions,
                Role = user.Role,
                Id = operation.As<UserId>(),
            },
            cancellationToken);
        return outcome.Value is { } made
            ? TypedResults.Created($"/v1/tenants/{made.TenantId}/users/{made.Id}", UserBody.Of(made))
            : outcome.ToProblem();
    }

    private static async Task<Results<Ok<UserBody>, Problem>> GetAsync(
        UserRoute user, Caller caller, IGrainFactory grains, CancellationToken cancellationToken) =>
        ToResult(await grains.User(user.Id).GetAsync(caller.Actor, cancellationToken));

    private static async Task<Results<Ok<UserBody>, Problem>> ChangeAsync(
        UserRoute user, JsonBody<UserChangeBody> body, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var change = body.Value;
        return ToResult(await grains.User(user.Id).ChangeAsync(
            caller.Actor, new UserChange { Status = (UserStatus?)change.Status, Email = change.Email, Role = change.Role }, cancellationToken));
    }

    private static async Task<Results<NoContent, Problem>> DeleteAsync(
        UserRoute user, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.User(user.Id).DeleteAsync(caller.Actor, cancellationToken);
        return outcome.ToNoContent();
    }

    private static async Task<Results<Ok<UserBody>, Problem>> SetPermissionsAsync(
        UserRoute user, JsonBody<PermissionsBody> body, Caller caller, IGrainFactory grains, CancellationToken cancellationToken) =>
        PermissionInput.TryRead(body.Value.Permissions, out var permissions, out var problem)
            ? ToResult(await grains.User(user.Id).ChangeAsync(caller.Actor, new UserChange { Permissions = permissions }, cancellationToken))
            : problem;

    private static Task<Results<Ok<ListBody<ListedSessionBody>>, Problem>> ListSessionsAsync(
        UserRoute user, Caller caller, SessionQuery sessions, PageQuery query, SessionLists lists, CancellationToken cancellationToken) =>
        lists.ListAsync(caller, user.Id, sessions, query, cancellationToken);

    private static async Task<Results<NoContent, Problem>> EndSessionsAsync(
        UserRoute user, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.User(user.Id).EndSessionsAsync(caller.Actor, keep: null, cancellationToken);
        return outcome.ToNoContent();
    }

    private static async Task<Results<Accepted, Problem>> SendPasswordResetAsync(
        UserRoute user, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.User(user.Id).SendPasswordResetAsync(caller.Actor, cancellationToken);
        return outcome.ToAccepted();
    }

    private static async Task<Results<Accepted, Problem>> SendInvitationAsync(UserRoute user, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.User(user.Id).SendInvitationAsync(caller.Actor, cancellationToken);
        return outcome.ToAccepted();
    }

    private static async Task<Results<NoContent, Problem>> WithdrawInvitationAsync(UserRoute user, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.User(user.Id).WithdrawInvitationAsync(caller.Actor, cancellationToken);
        return outcome.ToNoContent();
    }

    private static async Task<Results<NoContent, Problem>> ResetSecondFactorsAsync(
        UserRoute user, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.SecondFactors(user.Id).ResetSecondFactorsAsync(caller.Actor, cancellationToken);
        return outcome.ToNoContent();
    }

    private static Results<Ok<UserBody>, Problem> ToResult(Outcome<UserView> outcome) =>
        outcome.Value is { } user ? TypedResults.Ok(UserBody.Of(user)) : outcome.ToProblem();
}
