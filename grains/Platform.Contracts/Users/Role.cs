using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>A named set of permissions (row ROLES).</summary>
[GenerateSerializer, Immutable, Alias("platform.Role")]
public sealed record Role([property: Id(0)] string Name, [property: Id(1)] Permissions Permissions)
{
    /// <summary>The same in every tenant, for ever.</summary>
    public static readonly ImmutableArray<Role> BuiltIn =
    [
        new("owner", Permissions.Owner),
        new("editor", Permissions.Edit | Permissions.Collaborate | Permissions.Read),
        new("collaborator", Permissions.Collaborate | Permissions.Read),
        new("viewer", Permissions.Read),
    ];

    public static bool IsBuiltIn(string name) => BuiltIn.Any(role => role.Name == name);
}
