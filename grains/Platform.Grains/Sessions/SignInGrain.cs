using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.Security;
using Platform.SignIn;
using Platform.Telemetry;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Sessions;

/// <summary>
/// Sign-in with tenant, name and password. Every attempt, whatever is wrong with it, looks up the same things, computes exactly one hash and
/// gets the same refusal, so that neither answer nor time tells what exists (row LOGIN, ASVS 6.3.8).
/// </summary>
[StatelessWorker, Reentrant]
public sealed class SignInGrain(PasswordHashing hashing, PlatformMetrics metrics) : Grain, ISignInGrain
{
    private static readonly ImmutableArray<string> PasswordOnly = ["pwd"];

    public async Task<Outcome<SessionView>> SignInAsync(SignInRequest request, CancellationToken cancellationToken)
    {
        var outcome = await TryAsync(request, cancellationToken);
        metrics.SignedIn(outcome.Refusal);
        return outcome;
    }

    private async Task<Outcome<SessionView>> TryAsync(SignInRequest request, CancellationToken cancellationToken)
    {
        var (tenant, name, rules, user) = await GrainFactory.FindAccountAsync(request.Tenant, request.Username, cancellationToken);
        var account = GrainFactory.Account(user);
        var credential = await account.FindCredentialAsync(cancellationToken);

        var guard = GrainFactory.SignInGuard(SignInAccounts.Key(tenant, name));
        var network = Networks.Of(request.Client.Ip);
        if ((await guard.AdmitAsync(network, cancellationToken)).Wait is { } wait)
        {
            return new Outcome<SessionView> { Refusal = Refusal.TooManyAttempts, RetryAfter = wait };
        }

        var check = PasswordCheck.Busy;
        bool? right = null;
        try
        {
            check = await hashing.VerifyAsync(credential?.PasswordHash, request.Password, cancellationToken);
            if (check != PasswordCheck.Busy)
            {
                right = check != PasswordCheck.Wrong && credential is { Status: UserStatus.Active } && rules is { Status: TenantStatus.Active };
            }
        }
        finally
        {
            await guard.ConcludeAsync(network, right, CancellationToken.None);
        }

        if (right is null) return Refusal.Busy;
        if (right == false) return Refusal.InvalidCredentials;
        return await account.OpenSessionAsync(
            new SessionOpening
            {
                VerifiedHash = credential!.PasswordHash,
                Rehash = check == PasswordCheck.RightButOutdated ? await hashing.HashAsync(request.Password, cancellationToken) : null,
                SecretHash = request.SecretHash,
                Policy = rules!.SessionPolicy,
                AuthenticationMethods = PasswordOnly,
                Client = request.Client,
                TenantEpoch = rules.Epoch,
            },
            cancellationToken);
    }
}
