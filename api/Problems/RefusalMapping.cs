namespace Platform.Api.Problems;

/// <summary>Maps refusals of grains to answers; nothing else does.</summary>
internal static class RefusalMapping
{
    public static ProblemKind ToKind(Refusal refusal) => refusal switch
    {
        Refusal.NotFound => ProblemKind.NotFound,
        Refusal.Forbidden => ProblemKind.Forbidden,
        Refusal.InvalidCredentials => ProblemKind.InvalidCredentials,
        Refusal.SessionInvalid => ProblemKind.SessionInvalid,
        Refusal.InvalidRequest => ProblemKind.InvalidRequest,
        Refusal.PasswordPolicy => ProblemKind.PasswordPolicy,
        Refusal.UsernameTaken => ProblemKind.UsernameTaken,
        Refusal.SlugTaken => ProblemKind.SlugTaken,
        Refusal.LastManager => ProblemKind.LastManager,
        Refusal.IpNotAllowed => ProblemKind.IpNotAllowed,
        Refusal.WouldLockOutEditor => ProblemKind.WouldLockOutEditor,
        Refusal.PreconditionRequired => ProblemKind.PreconditionRequired,
        Refusal.PreconditionFailed => ProblemKind.PreconditionFailed,
        Refusal.RoleTaken => ProblemKind.RoleTaken,
        Refusal.RoleInUse => ProblemKind.RoleInUse,
        Refusal.RoleBuiltIn => ProblemKind.RoleBuiltIn,
        Refusal.EditionRequired => ProblemKind.EditionRequired,
        Refusal.TooManyApiKeys => ProblemKind.TooManyApiKeys,
        Refusal.ApiKeyExpired => ProblemKind.ApiKeyExpired,
        Refusal.TooManySupportGrants => ProblemKind.TooManySupportGrants,
        Refusal.SecondFactorEnrolmentRequired => ProblemKind.SecondFactorEnrolmentRequired,
        Refusal.InvalidDomain => ProblemKind.InvalidDomain,
        Refusal.MultiDomainRequired => ProblemKind.MultiDomainRequired,
        Refusal.TooManyDomains => ProblemKind.TooManyDomains,
        Refusal.TooManySnippets => ProblemKind.TooManySnippets,
        Refusal.PrimarySnippet => ProblemKind.PrimarySnippet,
        Refusal.DomainNotProven => ProblemKind.DomainNotProven,
        Refusal.NoSuchVersion => ProblemKind.NoSuchVersion,
        Refusal.QuotaExceeded => ProblemKind.QuotaExceeded,
        Refusal.ReportIntakeFull => ProblemKind.ReportIntakeFull,
        Refusal.TenantDeleting => ProblemKind.TenantDeleting,
        Refusal.TenantNotDeletable => ProblemKind.TenantNotDeletable,
        Refusal.BackupUnderWay => ProblemKind.BackupUnderWay,
        Refusal.BackupsNotConfigured => ProblemKind.BackupsNotConfigured,
        Refusal.TransitionNotAllowed => ProblemKind.TransitionNotAllowed,
        Refusal.OriginNotAllowed => ProblemKind.OriginNotAllowed,
        Refusal.InvalidToken => ProblemKind.InvalidToken,
        Refusal.InvalidCode => ProblemKind.InvalidCode,
        Refusal.FeatureRequired => ProblemKind.FeatureRequired,
        Refusal.ReauthenticationRequired => ProblemKind.ReauthenticationRequired,
        Refusal.LastSecondFactor => ProblemKind.LastSecondFactor,
        Refusal.NoSecondFactor => ProblemKind.NoSecondFactor,
        Refusal.Busy => ProblemKind.Busy,
        Refusal.TooManyAttempts => ProblemKind.TooManyAttempts,
        _ => throw new InvalidOperationException($"{refusal} has no answer."),
    };

    /// <summary>204, or what was refused.</summary>
    public static Results<NoContent, Problem> ToNoContent(this Outcome outcome) => outcome.Succeeded ? TypedResults.NoContent() : outcome.ToProblem();

    /// <summary>202, or what was refused.</summary>
    public static Results<Accepted, Problem> ToAccepted(this Outcome outcome) => outcome.Succeeded ? TypedResults.Accepted((string?)null) : outcome.ToProblem();

    public static Problem ToProblem(this Outcome outcome) => new(ToKind(outcome.Refusal)) { Errors = outcome.Errors, RetryAfter = outcome.RetryAfter };

    public static Problem ToProblem<T>(this Outcome<T> outcome) where T : class =>
        new(ToKind(outcome.Refusal)) { Errors = outcome.Errors, RetryAfter = outcome.RetryAfter };
}
