using Platform.Api.Authentication;
using Platform.Api.Problems;

namespace Platform.Api.Authorization;

/// <summary>Requirements of endpoints about the rights of their callers.</summary>
internal static class AuthorizationExtensions
{
    public static TBuilder RequireOperator<TBuilder>(this TBuilder builder, bool orReader = false) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SessionRequirement.Touch, orReader ? OperatorRequirement.OperatorsAndReaders : OperatorRequirement.Operators);

    public static TBuilder RequireTenant<TBuilder>(this TBuilder builder, bool alsoOperators = false) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SessionRequirement.Touch, alsoOperators ? TenantRequirement.MembersAndOperators : TenantRequirement.Members);

    /// <summary>
    /// An operator with an active grant of the tenant may read it too, after that is in the tenant's log. Only for GET, and for handlers that need the session not itself.
    /// </summary>
    public static TBuilder ReadableBySupport<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(AllowsSupportAccess.Instance).Refuses(ProblemKind.ReauthenticationRequired, ProblemKind.SecondFactorEnrolmentRequired);
}
