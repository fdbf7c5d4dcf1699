using Microsoft.Extensions.DependencyInjection;

namespace Platform.SignIn;

internal static class SignInExtensions
{
    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.AddOptions<SignInOptions>().BindConfiguration(SignInOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<AccountResolver>()
            .AddSingleton<StrangerGuard>()
            .AddSingleton<PasswordVerifier>()
            .AddSingleton<FailedAttempts>();
    }
}
