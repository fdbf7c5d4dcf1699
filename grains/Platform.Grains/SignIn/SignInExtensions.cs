using Microsoft.Extensions.DependencyInjection;

namespace Platform.SignIn;

internal static class SignInExtensions
{
    public static IServiceCollection AddSignIn(this IServiceCollection services) => services
        .AddSingleton<AccountResolver>()
        .AddSingleton<PasswordVerifier>()
        .AddSingleton<FailedAttempts>();
}
