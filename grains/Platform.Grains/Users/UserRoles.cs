namespace Platform.Users;

internal static class UserRoles
{
    public static Outcome Unknown { get; } = InputErrors.Of(new InputError("/role", "unknown_role", "Use owner, editor, collaborator, viewer or a role of the tenant's own."));
}
