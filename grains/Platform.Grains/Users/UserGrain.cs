using Platform.Audit;
using Platform.Internal;
using Platform.Privacy;
using Platform.SecondFactors;
using Platform.Security;
using Platform.Sessions;
using Platform.SignIn;
using Platform.State;

namespace Platform.Users;

/// <summary>
/// Owns one user: loads it, gives each call its turn, and says which calls interleave. The rules of an account are <see cref="UserAccount"/>; what a call does
/// stands in the parts that are injected, which change the user through <see cref="CommittedUser"/> only.
/// </summary>
internal sealed class UserGrain(
    [CommittedState(StateNames.User)] Committed<StoredUser> state,
    UserTable table,
    UsernameBlindIndex names,
    AuditLog audit,
    UserManagement management,
    UserSessions sessions,
    UserPasswords passwords,
    PasswordResets resets,
    UserEmails emails,
    UserInvitations invitations,
    UserSignIn signIn,
    NewPasswordStep newPassword,
    OperatorRecovery recovery,
    UserRestore restoring,
    SecondFactorEnrolment enrolment,
    SecondFactorRemoval factors,
    UserExport export,
    UserErasure eraser,
    FactorSecrets secrets,
    TimeProvider time) : Grain, IUserGrain, IUserGrainInternal, ISecondFactorsGrain
{
    /// <summary>Since activation.</summary>
    private CommittedUser _user = null!;

    /// <summary>While it is true, nobody may rely on this user's eligibility.</summary>
    private bool _changing;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _user = new CommittedUser(PrefixedId.Parse<UserId>(this.GetPrimaryKeyString()), state, table, names, audit);
        if (_user.Present is { } user) await _user.RepairListAsync(user, cancellationToken);

        // Of one that is being erased, what is found by name and addresses comes first; that takes calls to other grains (see UserErasure.EraseAsync).
        if (_user.Stored is { Deleted: true, Erasing: false }) await eraser.RemoveAsync(_user, cancellationToken);
    }

    public async Task<UserView> CreateAsync(NewAccount account, CancellationToken cancellationToken)
    {
        if (_user.Stored is not { } made)
        {
            var created = UserAccount.Create(_user.Id, account, time.GetUtcNow());
            await _user.SaveAsync(created.Next, created.Entries, cancellationToken);
        }
        else if (!UserAccount.IsCreatedBy(made, account))
        {
            throw new InvalidOperationException("A user id is never used twice.");
        }

        return _user.Present is { Status: UserStatus.Invited } ? await invitations.SendFirstAsync(_user, cancellationToken) : UserAccount.ViewOf(_user.Id, _user.Stored!);
    }

    // The calls below interleave, because they return committed state.
    public Task<bool> ExistsAsync(CancellationToken cancellationToken) => Task.FromResult(_user.Present is not null);

    public Task<Credential?> FindCredentialAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_user.Present is { } user ? new Credential(user.PasswordHash is { Length: > 0 } hash ? hash : null, user.Status, user.PasswordVersion) : null);

    public Task<UserContact?> FindContactAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_user.Present is { } user ? new UserContact(user.Username, user.Email) : null);

    public Task<bool?> HasSecondFactorAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_user.Present is { Status: UserStatus.Active } user ? user.Factors is { Any: true } : (bool?)null);

    public Task<ManagerEligibility?> FindEligibilityAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_user.Present is { } user && !_changing ? UserAccount.EligibilityOf(user) : null);

    public Task<SessionSubject?> FindSubjectAsync(SessionId session, CancellationToken cancellationToken) => Task.FromResult(
        _user.Stored is { Status: UserStatus.Active } user && user.Sessions.Any(s => s.Id == session) ? UserAccount.SubjectOf(user) : null);

    public Task<Outcome<UserView>> GetAsync(Actor actor, CancellationToken cancellationToken) => management.GetAsync(_user, actor, cancellationToken);

    public Task<Outcome<SecondFactorsView>> GetSecondFactorsAsync(Actor actor, CancellationToken cancellationToken) => Task.FromResult(factors.Get(_user, actor));

    // What follows takes turns.
    public Task<Outcome<UserView>> ChangeAsync(Actor actor, UserChange change, CancellationToken cancellationToken) =>
        ChangingAsync(() => management.ChangeAsync(_user, actor, change, cancellationToken));

    public Task<Outcome> DeleteAsync(Actor actor, CancellationToken cancellationToken) => ChangingAsync(() => management.DeleteAsync(_user, actor, cancellationToken));

    public Task<Outcome> BeginErasureAsync(Actor actor, ErasureCertificate erasure, bool fresh, CancellationToken cancellationToken) =>
        ChangingAsync(() => management.BeginErasureAsync(_user, actor, erasure, fresh, cancellationToken));

    public Task EraseAsync(CancellationToken cancellationToken) => eraser.EraseAsync(_user, cancellationToken);

    public async Task DropAsync(CancellationToken cancellationToken)
    {
        if (_user.Stored is not null) await _user.RemoveAsync(cancellationToken);
        DeactivateOnIdle();
    }

    public async Task RewrapSecretsAsync(CancellationToken cancellationToken)
    {
        if (_user.Stored is not { Factors: { } stored } user) return;
        var rewrapped = secrets.Rewrap(_user.Id, stored);
        if (!ReferenceEquals(rewrapped, stored)) await _user.CommitAsync(user with { Factors = rewrapped }, cancellationToken);
    }

    public Task<Outcome<UserRecord>> BeginExportAsync(Actor actor, CancellationToken cancellationToken) => export.BeginAsync(_user, actor, cancellationToken);

    public Task<Outcome> ChangePasswordAsync(Actor actor, PasswordChange change, CancellationToken cancellationToken) =>
        passwords.ChangeAsync(_user, actor, change, cancellationToken);

    public Task<Outcome> ChangeEmailAsync(Actor actor, OwnEmailChange change, CancellationToken cancellationToken) => emails.ChangeOwnAsync(_user, actor, change, cancellationToken);

    public Task<Outcome> ConfirmEmailAsync(EmailConfirmation confirmation, CancellationToken cancellationToken) => emails.ConfirmAsync(_user, confirmation, cancellationToken);

    public Task<Outcome> SendInvitationAsync(Actor actor, CancellationToken cancellationToken) => invitations.SendAsync(_user, actor, cancellationToken);

    public Task<Outcome> WithdrawInvitationAsync(Actor actor, CancellationToken cancellationToken) => invitations.WithdrawAsync(_user, actor, cancellationToken);

    public Task<Outcome> AcceptInvitationAsync(InvitationAcceptance acceptance, CancellationToken cancellationToken) =>
        ChangingAsync(() => invitations.AcceptAsync(_user, acceptance, cancellationToken));

    public Task<string?> BeginResetAsync(ClientInfo client, int epoch, CancellationToken cancellationToken) => resets.BeginAsync(_user, client, epoch, cancellationToken);

    public Task<Outcome> SendPasswordResetAsync(Actor actor, CancellationToken cancellationToken) => resets.SendAsync(_user, actor, cancellationToken);

    public Task<Outcome> ResetPasswordAsync(PasswordReset reset, CancellationToken cancellationToken) => resets.ResetAsync(_user, reset, cancellationToken);

    public Task<Outcome<SignInResult>> CompletePasswordAsync(OpenSessionRequest opening, CancellationToken cancellationToken) =>
        signIn.CompletePasswordAsync(_user, opening, cancellationToken);

    public Task<Outcome<SignInResult>> VerifySecondFactorAsync(SecondFactorProof proof, CancellationToken cancellationToken) =>
        signIn.VerifySecondFactorAsync(_user, proof, cancellationToken);

    public Task<Outcome<SignInResult>> ChooseNewPasswordAsync(NewPasswordChoice choice, CancellationToken cancellationToken) => newPassword.ChooseAsync(_user, choice, cancellationToken);

    public Task<Outcome<RecoveredOperator>> RecoverOperatorAsync(OperatorRecoveryRequest request, CancellationToken cancellationToken) => recovery.RecoverAsync(_user, request, cancellationToken);

    public Task<bool> EndAgainAsync(UserEndings endings, PlatformRestore restore, TenantId tenant, CancellationToken cancellationToken) =>
        ChangingAsync(() => restoring.EndAgainAsync(_user, endings, restore, tenant, cancellationToken));

    public Task<Outcome> SendSignInCodeAsync(ChallengeReference reference, CancellationToken cancellationToken) => signIn.SendCodeAsync(_user, reference, cancellationToken);

    public Task ForgetSessionAsync(SessionId session)
    {
        _user.EndedSessions.Add(session);
        return Task.CompletedTask;
    }

    public Task<Outcome> EndSessionAsync(Actor actor, SessionId session, CancellationToken cancellationToken) => sessions.EndAsync(_user, actor, session, cancellationToken);

    public Task<Outcome> EndSessionByLinkAsync(SessionEndLink link, CancellationToken cancellationToken) => sessions.EndByLinkAsync(_user, link, cancellationToken);

    public Task<Outcome> EndSessionsAsync(Actor actor, SessionId? keep, CancellationToken cancellationToken) => sessions.EndAllButAsync(_user, actor, keep, cancellationToken);

    public Task<Outcome<TotpEnrolment>> BeginTotpAsync(Actor actor, CancellationToken cancellationToken) => enrolment.BeginTotpAsync(_user, actor, cancellationToken);

    public Task<Outcome<ConfirmedFactor>> ConfirmTotpAsync(Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken) =>
        enrolment.ConfirmTotpAsync(_user, actor, confirmation, cancellationToken);

    public Task<Outcome> BeginPhoneAsync(Actor actor, string phoneNumber, CancellationToken cancellationToken) =>
        enrolment.BeginPhoneAsync(_user, actor, phoneNumber, cancellationToken);

    public Task<Outcome<ConfirmedFactor>> ConfirmPhoneAsync(Actor actor, FactorConfirmation confirmation, CancellationToken cancellationToken) =>
        enrolment.ConfirmPhoneAsync(_user, actor, confirmation, cancellationToken);

    public Task<Outcome> RemoveTotpAsync(Actor actor, FactorRemoval removal, CancellationToken cancellationToken) =>
        factors.RemoveTotpAsync(_user, actor, removal, cancellationToken);

    public Task<Outcome> RemovePhoneAsync(Actor actor, FactorRemoval removal, CancellationToken cancellationToken) =>
        factors.RemovePhoneAsync(_user, actor, removal, cancellationToken);

    public Task<Outcome<RecoveryCodeSet>> ReplaceRecoveryCodesAsync(Actor actor, CancellationToken cancellationToken) =>
        factors.ReplaceRecoveryCodesAsync(_user, actor, cancellationToken);

    public Task<Outcome> ResetSecondFactorsAsync(Actor actor, CancellationToken cancellationToken) => factors.ResetAsync(_user, actor, cancellationToken);

    private async Task<T> ChangingAsync<T>(Func<Task<T>> change)
    {
        _changing = true;
        try
        {
            return await change();
        }
        finally
        {
            _changing = false;
        }
    }
}
