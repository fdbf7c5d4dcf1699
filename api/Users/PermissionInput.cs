using Platform.Api.Http;
using Platform.Users;

namespace Platform.Api.Users;

/// <summary>Reads permissions and roles; names what is unknown.</summary>
internal static class PermissionInput
{
    /// <summary>Exactly one of both.</summary>
    public static bool TryRead(string[]? names, string? role, out Permissions permissions, out Problem problem)
    {
        permissions = Permissions.None;
        problem = Problem.Invalid("/role", "missing", "Give either permissions or role.");
        if (names is null == role is null) return false;
        return role is null ? TryRead(names!, out permissions, out problem) : TryReadRole(role, out permissions, out problem);
    }

    public static bool TryRead(string[] names, out Permissions permissions, out Problem problem)
    {
        permissions = Permissions.None;
        var errors = ImmutableArray.CreateBuilder<InputError>();
        for (var i = 0; i < names.Length; i++)
        {
            if (PermissionNames.TryParse(names[i], out var one)) permissions |= one;
            else errors.Add(new($"/permissions/{i}", "unknown_permission", "Use manage-users, collaborate, edit or read."));
        }

        problem = new Problem(ProblemKind.InvalidRequest) { Errors = errors.ToImmutable() };
        return errors.Count == 0;
    }

    public static bool TryReadRole(string role, out Permissions permissions, out Problem problem)
    {
        problem = Problem.Invalid("/role", "unknown_role", "Use owner, editor, collaborator or viewer.");
        return PermissionNames.TryParseRole(role, out permissions);
    }
}
