using Orleans.Concurrency;
using Platform.Audit;
using Platform.Internal;
using Platform.Security;
using Platform.Telemetry;
using Platform.Tenants;
using Platform.Users;

namespace Platform.SignIn;

/// <summary>
/// Sign-in with tenant, name and password. Every attempt, whatever is wrong with it, looks up the same things, computes exactly one hash and
/// gets the same refusal, so that neither answer nor time tells what exists (row LOGIN, ASVS 6.3.8). What comes after a right password is the user's grain's to decide.
/// </summary>
[StatelessWorker, Reentrant]
internal sealed class SignInGrain(
    AccountResolver accounts, PasswordVerifier passwords, PasswordHashingQueue hashing, FailedAttempts failures, PlatformMetrics metrics) : Grain, ISignInGrain
{
    private const string TooManyReason = "too_many_attempts";

    public async Task<Outcome<SignInResult>> SignInAsync(SignInRequest request, CancellationToken cancellationToken) =>
        Counted(await TryAsync(request, cancellationToken));

    public async Task<Outcome<SignInResult>> VerifySecondFactorAsync(SecondFactorProof proof, CancellationToken cancellationToken) =>
        Counted(await GrainFactory.UserInternal(proof.Challenge.UserId).VerifySecondFactorAsync(proof, cancellationToken));

    public async Task<Outcome<SignInResult>> ChooseNewPasswordAsync(NewPasswordChoice choice, CancellationToken cancellationToken) =>
        Counted(await GrainFactory.UserInternal(choice.Challenge.UserId).ChooseNewPasswordAsync(choice, cancellationToken));

    public Task<Outcome> SendCodeAsync(ChallengeReference challenge, CancellationToken cancellationToken) =>
        GrainFactory.UserInternal(challenge.UserId).SendSignInCodeAsync(challenge, cancellationToken);

    private async Task<Outcome<SignInResult>> TryAsync(SignInRequest request, CancellationToken cancellationToken)
    {
        var found = await accounts.ResolveAsync(request.Tenant, request.Username, cancellationToken);
        var rules = found.Rules;
        var account = GrainFactory.UserInternal(found.User);
        var credential = await account.FindCredentialAsync(cancellationToken);
        var attempt = await passwords.VerifyAsync(
            SignInAccounts.Key(found.Tenant, found.UsernameBlindIndex),
            request.Client.Ip,
            credential?.PasswordHash,
            request.Password,
            mayPass: credential is { Status: UserStatus.Active } && rules is { Status: TenantStatus.Active },
            isKnown: false,
            cancellationToken);
        if (attempt.Refusal == Refusal.InvalidCredentials || attempt.FirstOfBlock)
        {
            var reason = attempt.FirstOfBlock ? TooManyReason : ReasonOf(credential, rules);
            await failures.RecordAsync(
                found, credential is null ? null : request.Username, AuditActions.SessionSignInFailed, reason, request.Client, !attempt.IsKnown, cancellationToken);
        }

        if (attempt.Refusal != Refusal.None) return attempt.ToOutcome();
        return await account.CompletePasswordAsync(
            new OpenSessionRequest
            {
                VerifiedHash = credential!.PasswordHash!,
                PasswordVersion = credential.PasswordVersion,
                Rehash = attempt.Outdated ? await hashing.HashAsync(KnownAt(found.Tenant, request.Client), request.Password, cancellationToken) : null,
                SecretHash = request.SecretHash,
                Policy = rules!.SessionPolicy,
                RequireSecondFactor = rules.RequireSecondFactor,
                Client = request.Client,
                Transport = request.Transport,
                TenantEpoch = rules.Epoch,
                PasswordCutoff = rules.PasswordCutoff,
                Page = request.Page,
            },
            cancellationToken);
    }

    private static HashingCaller KnownAt(TenantId tenant, ClientInfo client) => new(IsKnown: true, tenant.ToString(), Networks.WideOf(client.Ip));

    private static string ReasonOf(Credential? credential, SignInRules? rules) =>
        rules is { Status: not TenantStatus.Active } ? "tenant_suspended" : credential?.Status switch
        {
            UserStatus.Invited => "user_invited",
            UserStatus.Disabled => "user_disabled",
            _ => "wrong_password",
        };

    private Outcome<SignInResult> Counted(Outcome<SignInResult> outcome)
    {
        metrics.SignedIn(outcome.Refusal, outcome.Value);
        return outcome;
    }
}
