using Microsoft.Extensions.DependencyInjection;

namespace Platform.Users;

internal static class UsersExtensions
{
    /// <summary>The parts of a user's grain, which hold nothing of one user, and what makes users.</summary>
    public static IServiceCollection AddUsers(this IServiceCollection services) => services
        .AddSingleton<UserRegistration>()
        .AddSingleton<UserAccess>()
        .AddSingleton<UserSearch>()
        .AddSingleton<UserNotifications>()
        .AddSingleton<UserManagement>()
        .AddSingleton<SignInNotices>()
        .AddSingleton<SponsoredKeys>()
        .AddSingleton<UserSessions>()
        .AddSingleton<UserPasswords>()
        .AddSingleton<UserEmails>()
        .AddSingleton<UserInvitations>()
        .AddSingleton<PasswordResets>()
        .AddSingleton<SignInChallenges>()
        .AddSingleton<UserSignIn>()
        .AddSingleton<NewPasswordStep>()
        .AddSingleton<OperatorRecovery>()
        .AddSingleton<SecondFactorCodes>()
        .AddSingleton<SecondFactorEnrolment>()
        .AddSingleton<SecondFactorRemoval>()
        .AddSingleton<UserExport>()
        .AddSingleton<UserErasure>()
        .AddSingleton<UserRestore>();
}
