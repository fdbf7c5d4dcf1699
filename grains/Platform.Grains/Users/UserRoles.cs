namespace Platform.Users;

internal static class UserRoles
{
    private const string Use = "Use owner, editor, collaborator, viewer or a role of the tenant's own.";

    public static Outcome Unknown { get; } = InputErrors.Of(new InputError("/role", "unknown_role", Use));

    /// <param name="roles">Of the tenant.</param>
    /// <param name="manages">Only managers may list them.</param>
    public static Outcome UnknownInFilter(RoleSet roles, bool manages) => InputErrors.Of(
        new InputError("?role", "invalid_role", manages ? $"There is no such role. Known: {string.Join(", ", roles.Names.Order(StringComparer.Ordinal))}." : $"There is no such role. {Use}"));
}
