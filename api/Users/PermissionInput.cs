using Platform.Api.Problems;

namespace Platform.Api.Users;

/// <summary>Reads permissions; names what is unknown. Whether a role exists, its tenant knows.</summary>
internal static class PermissionInput
{
    /// <summary>Exactly one of both; no permissions where there is a role.</summary>
    public static bool TryRead(string[]? names, string? role, out Permissions permissions, out Problem problem)
    {
        permissions = Permissions.None;
        problem = Problem.Invalid("/role", "missing", "Give either permissions or role.");
        return names is null != role is null && (names is null || TryRead(names, out permissions, out problem));
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
}
