using System.Collections.Immutable;

namespace Platform.Notifications;

/// <summary>Names of the notifications and their texts. Names and data keys are contract; texts may change.</summary>
public static class NotificationTemplates
{
    /// <summary>To a user: somebody failed to sign in repeatedly (row NOTIFY). Data: tenant, username, ip.</summary>
    public const string SignInFailures = "sign_in_failures";

    /// <summary>The same to those who manage the tenant's users.</summary>
    public const string SignInFailuresOfUser = "sign_in_failures_of_user";

    /// <summary>To a user: the password was changed. Data: tenant, username.</summary>
    public const string PasswordChanged = "password_changed";

    /// <summary>To a user who asked for it (row RESET). Data: tenant, username, token, and link where its base address is configured.</summary>
    public const string PasswordReset = "password_reset";

    public static string Text(string template, ImmutableSortedDictionary<string, string> data) => template switch
    {
        SignInFailures =>
            $"""
            Somebody tried to sign in as {data["username"]} at {data["tenant"]} and failed at least five times within 15 minutes, last from {data["ip"]}.
            Further attempts are slowed down. If it was not you, nothing needs to be done; change your password if you use it elsewhere.
            """,
        SignInFailuresOfUser =>
            $"""
            Somebody tried to sign in as {data["username"]} at {data["tenant"]} and failed at least five times within 15 minutes, last from {data["ip"]}.
            Further attempts are slowed down. The user was told, too.
            """,
        PasswordChanged =>
            $"""
            The password of {data["username"]} at {data["tenant"]} was changed. All other sessions were ended.
            If it was not you, ask those who manage users at {data["tenant"]} for help at once.
            """,
        PasswordReset =>
            $"""
            Somebody, probably you, asked for a new password for {data["username"]} at {data["tenant"]}.
            {data.GetValueOrDefault("link") ?? "Code: " + data["token"]}
            It can be used once within 30 minutes. If it was not you, nothing needs to be done.
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(template), template, "There is no such template."),
    };
}
