using Platform.Api.Tests.SecondFactors;

namespace Platform.Api.Tests.Users;

public enum Proof
{
    ResetLink,

    /// <summary>To an address that is to take the place of the present one.</summary>
    ConfirmationLink,

    /// <summary>A sign-in that waits for its second step.</summary>
    Challenge,

    /// <summary>The code that was sent for it.</summary>
    SentCode,

    /// <summary>An authenticator that is being set up.</summary>
    PendingTotp,

    /// <summary>A phone that is being confirmed.</summary>
    PendingPhone,

    /// <summary>To a user who has no password yet.</summary>
    Invitation,

    /// <summary>A sign-in with a password that somebody else has set.</summary>
    NewPasswordChallenge,

    /// <summary>Ends the session of a sign-in of which a notice told. Opens nothing.</summary>
    SessionEndLink,
}

public enum Change
{
    None,

    /// <summary>Another address is asked for, which waits.</summary>
    EmailRequested,
    EmailWithdrawn,
    EmailConfirmed,
    DisabledAndEnabled,
    Role,
    Permissions,
    Password,
    PasswordByLink,
    TotpReplaced,
    PhoneReplaced,
    FactorRemoved,
    FactorsResetByManager,
    SessionsEndedByManager,
    SignedInElsewhere,
    Deleted,
    TenantSuspendedAndActive,
    TenantSuspended,
    TenantSessionsRevoked,
    AddressDenied,
    FeatureTakenAway,
    InvitationSentAgain,
    InvitationWithdrawn,
}

/// <summary>
/// What was handed out before a change of the account or the tenant, presented after it (decision 69). The rule: a proof is good for the account as it was when the proof was
/// handed out. Where a cell says that it lives on, the line says why.
/// </summary>
public sealed class WaitingProofTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Elsewhere = "Loud-Mountain-92";

    private static readonly Proof[] All = Enum.GetValues<Proof>();

    /// <summary>What happens to an account that nobody has signed in to; the other changes take a session.</summary>
    private static readonly Change[] OfUnused =
    [
        Change.None, Change.EmailRequested, Change.DisabledAndEnabled, Change.Role, Change.Permissions, Change.SessionsEndedByManager, Change.Deleted,
        Change.TenantSuspendedAndActive, Change.TenantSuspended, Change.TenantSessionsRevoked, Change.AddressDenied, Change.FeatureTakenAway,
    ];

    /// <summary>Which proofs live on. What a change is not named with here ends all of them.</summary>
    private static readonly Dictionary<Change, Proof[]> Living = new()
    {
        [Change.None] = All,

        // The present address counts until the other one is confirmed. Of two that were asked for, the later one waits.
        // Of an invited user it counts at once.
        [Change.EmailRequested] = [.. All.Where(proof => proof is not (Proof.ConfirmationLink or Proof.Invitation))],
        [Change.EmailWithdrawn] = [.. All.Where(proof => proof != Proof.ConfirmationLink)],

        // Who begins to set up a factor, or to sign in, in one place does not mean to stop it in another; but who can sign in has not forgotten.
        [Change.SignedInElsewhere] = [Proof.ConfirmationLink, Proof.Challenge, Proof.SentCode, Proof.PendingTotp, Proof.PendingPhone, Proof.SessionEndLink],

        // Sessions, and sign-ins that would become sessions, are ended; the link goes to the owner's own mailbox and needs none. Factors are set up within a session.
        // An address that waits may have been asked for by one of them.
        [Change.SessionsEndedByManager] = [Proof.ResetLink, Proof.Invitation],

        // The link in a notice is good as long as its session is on the list; it ends that session and opens nothing.
        [Change.EmailConfirmed] = [Proof.SessionEndLink],
        [Change.Role] = [Proof.SessionEndLink],
        [Change.Permissions] = [Proof.SessionEndLink],
        [Change.TotpReplaced] = [Proof.SessionEndLink],
        [Change.PhoneReplaced] = [Proof.SessionEndLink],
        [Change.TenantSuspendedAndActive] = [Proof.SessionEndLink],
        [Change.TenantSuspended] = [Proof.SessionEndLink],
        [Change.TenantSessionsRevoked] = [Proof.SessionEndLink],
        [Change.AddressDenied] = [Proof.SessionEndLink],

        // The feature is about setting factors up: those that are in use stay, and no link has to do with it.
        [Change.FeatureTakenAway] = [Proof.ResetLink, Proof.ConfirmationLink, Proof.Challenge, Proof.SentCode, Proof.Invitation, Proof.NewPasswordChallenge, Proof.SessionEndLink],
    };

    public static TheoryData<Proof, Change, bool> Cells
    {
        get
        {
            var cells = new TheoryData<Proof, Change, bool>();
            foreach (var proof in All)
            {
                foreach (var change in ChangesOf(proof)) cells.Add(proof, change, Living.GetValueOrDefault(change, []).Contains(proof));
            }

            return cells;
        }
    }

    private static IEnumerable<Change> ChangesOf(Proof proof) =>
        proof == Proof.Invitation ? [.. OfUnused, Change.InvitationSentAgain, Change.InvitationWithdrawn]
        : proof == Proof.NewPasswordChallenge ? [.. OfUnused, Change.PasswordByLink]
        : Enum.GetValues<Change>().Where(change => change is not (Change.InvitationSentAgain or Change.InvitationWithdrawn));

    [Theory, Trait("Threat", "T8"), Trait("Threat", "T25")]
    [MemberData(nameof(Cells))]
    public async Task Proof_AfterTheChange_IsGoodOnlyWhereTheTableSaysSo(Proof proof, Change change, bool expected)
    {
        var account = proof is Proof.Invitation or Proof.NewPasswordChallenge ? await NewUnusedAsync(proof == Proof.Invitation ? null : ApiCalls.Password) : await NewAccountAsync();
        var use = await HandOutAsync(account, proof);

        await MakeAsync(account, change);

        (await use()).ShouldBe(expected, $"{proof} after {change}");
    }

    [Fact]
    public async Task Forgot_FromAnAddressThatTheTenantDenies_SendsNoLinkAndSaysSoInTheLogOnly()
    {
        var account = await NewAccountAsync();
        await MakeAsync(account, Change.AddressDenied);

        (await ForgotAsync(account)).ShouldBe(HttpStatusCode.Accepted);

        (await LinksAsync(account, 0)).ShouldBeEmpty();
        var log = (await host.SendAsync("GET", $"/v1/tenants/{account.Owner.Slug}/audit-events?action=user.password_reset_requested", token: account.Owner.Token)).ShouldBe(HttpStatusCode.OK).Items;
        log.ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("ip_not_allowed");
    }

    [Fact]
    public async Task Forgot_InASuspendedTenant_SendsNoLink()
    {
        var account = await NewAccountAsync();
        await MakeAsync(account, Change.TenantSuspended);

        (await ForgotAsync(account)).ShouldBe(HttpStatusCode.Accepted);

        (await LinksAsync(account, 0)).ShouldBeEmpty();
    }

    [Fact, Trait("Threat", "T8")]
    public async Task ConfirmationLink_UsedFromADeniedAddress_StaysForItsOwnerElsewhere()
    {
        var account = await NewAccountAsync();
        var use = await HandOutAsync(account, Proof.ConfirmationLink);
        await MakeAsync(account, Change.AddressDenied);
        (await use()).ShouldBeFalse();
        var log = (await host.SendAsync("GET", $"/v1/tenants/{account.Owner.Slug}/audit-events?action=user.updated&outcome=failure", token: account.Owner.Token)).ShouldBe(HttpStatusCode.OK).Items;
        log.ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("ip_not_allowed");

        (await host.ChangeTenantAsync(account.Owner.Slug, new { features = new { ipRules = false } })).ShouldBe(HttpStatusCode.OK);

        (await use()).ShouldBeTrue();
    }

    [Fact, Trait("Threat", "T8")]
    public async Task ResetLink_UsedFromADeniedAddress_StaysForItsOwnerElsewhere()
    {
        var account = await NewAccountAsync();
        var use = await HandOutAsync(account, Proof.ResetLink);
        await MakeAsync(account, Change.AddressDenied);
        (await use()).ShouldBeFalse();

        (await host.ChangeTenantAsync(account.Owner.Slug, new { features = new { ipRules = false } })).ShouldBe(HttpStatusCode.OK);

        (await use()).ShouldBeTrue();
    }

    /// <summary>A user with both factors and a session, in a tenant of its own.</summary>
    private sealed class Account(TestUser owner, TestUser user, Authenticator app, string phone)
    {
        public TestUser Owner { get; } = owner;

        public TestUser User { get; set; } = user;

        public Authenticator App { get; set; } = app;

        public string Phone { get; } = phone;

        public int Links { get; set; }

        public string Path => $"/v1/tenants/{Owner.Slug}/users/{User.Id}";

        public string Mailbox => $"{User.Username}@example.com";
    }

    private async Task<Account> NewAccountAsync()
    {
        var owner = await host.NewTenantAsync("enterprise");
        (await host.ChangeTenantAsync(owner.Slug, new { features = new { twoFactor = true, ipRules = true } })).ShouldBe(HttpStatusCode.OK);
        var user = await host.NewUserAsync(owner, "bob" + owner.Slug, "viewer");
        var enrolled = await host.EnrolAsync(user);
        var phone = SecondFactorCalls.NewNumber();
        await host.WithPhoneAsync(user, phone);
        return new Account(owner, user, enrolled.App, phone);
    }

    /// <summary>A user who never signed in, in a tenant of its own.</summary>
    /// <param name="password">Set by the manager; null: the user is invited.</param>
    private async Task<Account> NewUnusedAsync(string? password)
    {
        var owner = await host.NewTenantAsync("enterprise");
        (await host.ChangeTenantAsync(owner.Slug, new { features = new { twoFactor = true, ipRules = true } })).ShouldBe(HttpStatusCode.OK);
        var username = "ivy" + owner.Slug;
        var made = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/users", password is null ? new { username, email = $"{username}@example.com", role = "viewer" } : (object)new { username, email = $"{username}@example.com", password, role = "viewer" }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        return new Account(owner, owner with { Id = made.String("id")!, Username = username, Password = password ?? "", Token = "" }, app: null!, phone: "");
    }

    private Task<Answer> ForgotAsync(Account account) => host.SendAsync("POST", "/v1/password/forgot", new { tenant = account.Owner.Slug, username = account.User.Username });

    private async Task<IReadOnlyList<OutboxFiles.Delivered>> LinksAsync(Account account, int count)
    {
        await host.Service<Platform.Notifications.NotificationWorker>().DeliverAsync(default);
        return await OutboxFiles.WaitForAsync(host.Folder, count, file => file.To == account.Mailbox && file.Template == "password_reset");
    }

    private async Task<string> ResetTokenAsync(Account account)
    {
        (await ForgotAsync(account)).ShouldBe(HttpStatusCode.Accepted);
        var links = await LinksAsync(account, ++account.Links);

        // The files are in order of time; the next one shall come later.
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return links[^1].Data["token"];
    }

    private async Task<string> LatestCodeAsync(string number, int count)
    {
        var messages = await OutboxFiles.WaitForAsync(host.Folder, count, file => file.To == number);
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return messages[^1].Data["code"];
    }

    /// <returns>Presents it; whether it was good.</returns>
    private async Task<Func<Task<bool>>> HandOutAsync(Account account, Proof proof)
    {
        switch (proof)
        {
            case Proof.ResetLink:
            {
                var token = await ResetTokenAsync(account);
                return async () => (await host.SendAsync("POST", "/v1/password/reset", new { token, newPassword = "Clear-Water-55" })).Status == HttpStatusCode.NoContent;
            }

            case Proof.ConfirmationLink:
            {
                (await host.RequestEmailAsync(account.Owner, account.User.Id, "first@example.com")).ShouldBe(HttpStatusCode.OK);
                var token = await host.LinkAsync(account.Owner.Slug, "first@example.com");
                return async () => (await host.ConfirmEmailAsync(token)).Status == HttpStatusCode.NoContent;
            }

            case Proof.Invitation:
            {
                var token = await host.LinkAsync(account.Owner.Slug, account.Mailbox, "invitation");
                return async () => (await host.AcceptInvitationAsync(token, "Clear-Water-55")).Status == HttpStatusCode.NoContent;
            }

            case Proof.NewPasswordChallenge:
            {
                var challenge = (await host.TrySignInAsync(account.Owner.Slug, account.User.Username, account.User.Password)).ShouldBe(HttpStatusCode.OK).String("challenge")!;
                return async () => (await host.SendAsync("POST", "/v1/sign-in/new-password", new { challenge, newPassword = "Clear-Water-55" })).Status == HttpStatusCode.OK;
            }

            case Proof.SessionEndLink:
            {
                var credentials = new { tenant = account.Owner.Slug, username = account.User.Username, password = account.User.Password, transport = "token" };
                var challenge = (await host.SendAsync("POST", "/v1/sign-in", credentials, headers: [("User-Agent", "Elsewhere/1")])).ShouldBe(HttpStatusCode.OK).String("challenge")!;
                (await host.SendAsync("POST", "/v1/sign-in/second-factor", new { challenge, method = "totp", code = host.NextCode(account.App) }, headers: [("User-Agent", "Elsewhere/1")])).ShouldBe(HttpStatusCode.OK);
                var token = await host.LinkAsync(account.Owner.Slug, account.Mailbox, "new_sign_in");
                return async () => (await host.SendAsync("POST", "/v1/sessions/end", new { token })).Status == HttpStatusCode.NoContent;
            }

            case Proof.Challenge:
            {
                var (challenge, app) = (await host.ChallengeAsync(account.User), account.App);
                return async () => (await host.ProveAsync(challenge, host.NextCode(app))).Status == HttpStatusCode.OK;
            }

            case Proof.SentCode:
            {
                var challenge = await host.ChallengeAsync(account.User);
                (await host.SendAsync("POST", "/v1/sign-in/sms", new { challenge })).ShouldBe(HttpStatusCode.Accepted);
                var code = await LatestCodeAsync(account.Phone, 2);
                return async () => (await host.ProveAsync(challenge, code, "sms")).Status == HttpStatusCode.OK;
            }

            case Proof.PendingTotp:
            {
                var begun = (await host.SendAsync("POST", "/v1/me/totp", token: account.User.Token)).ShouldBe(HttpStatusCode.OK);
                var app = new Authenticator(begun.String("otpauthUri")!);
                return () => ConfirmAsync(account, "/v1/me/totp/confirm", () => host.NextCode(app));
            }

            default:
            {
                var number = SecondFactorCalls.NewNumber();
                (await host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = number }, account.User.Token)).ShouldBe(HttpStatusCode.Accepted);
                var code = await LatestCodeAsync(number, 1);
                return () => ConfirmAsync(account, "/v1/me/phone/confirm", () => code);
            }
        }
    }

    /// <summary>In the session that began it or, where that is over, in another one of the same user.</summary>
    private async Task<bool> ConfirmAsync(Account account, string path, Func<string> code)
    {
        var answer = await host.SendAsync("POST", path, new { code = code() }, account.User.Token);
        if (answer.Status == HttpStatusCode.Unauthorized && await TrySignInAsync(account) is { } token) answer = await host.SendAsync("POST", path, new { code = code() }, token);
        return answer.Status is HttpStatusCode.OK or HttpStatusCode.NoContent;
    }

    private async Task<string?> TrySignInAsync(Account account)
    {
        var first = await host.TrySignInAsync(account.Owner.Slug, account.User.Username, account.User.Password);
        if (first.Status != HttpStatusCode.OK) return null;
        if (first.String("status") == "signed_in") return first.String("token");
        var second = await host.ProveAsync(first.String("challenge")!, host.NextCode(account.App));
        return second.Status == HttpStatusCode.OK ? second.String("token") : null;
    }

    private async Task MakeAsync(Account account, Change change)
    {
        var (owner, user) = (account.Owner, account.User);
        Task<Answer> Manage(string method, string path, object? body = null) => host.SendAsync(method, path, body, owner.Token);
        switch (change)
        {
            case Change.EmailRequested:
                (await host.RequestEmailAsync(owner, user.Id, "new@example.com")).ShouldBe(HttpStatusCode.OK);
                break;
            case Change.EmailWithdrawn:
                (await host.RequestEmailAsync(owner, user.Id, account.Mailbox)).ShouldBe(HttpStatusCode.OK);
                break;
            case Change.EmailConfirmed:
                await host.ChangeEmailAsync(owner, user.Id, "new@example.com");
                break;
            case Change.DisabledAndEnabled:
                (await Manage("PATCH", account.Path, new { status = "disabled" })).ShouldBe(HttpStatusCode.OK);
                (await Manage("PATCH", account.Path, new { status = "active" })).ShouldBe(HttpStatusCode.OK);
                break;
            case Change.Role:
                (await Manage("PATCH", account.Path, new { role = "editor" })).ShouldBe(HttpStatusCode.OK);
                break;
            case Change.Permissions:
                ((int)(await Manage("PUT", $"{account.Path}/permissions", new { permissions = new[] { "read", "edit" } })).Status).ShouldBeInRange(200, 299);
                break;
            case Change.Password:
                var changed = (await host.SendAsync("POST", "/v1/me/password", new { currentPassword = user.Password, newPassword = Elsewhere }, user.Token)).Status;
                ((int)changed).ShouldBeInRange(200, 299);
                account.User = user with { Password = Elsewhere };
                break;
            case Change.PasswordByLink:
                var token = await ResetTokenAsync(account);
                (await host.SendAsync("POST", "/v1/password/reset", new { token, newPassword = Elsewhere })).ShouldBe(HttpStatusCode.NoContent);
                account.User = user with { Password = Elsewhere };
                break;
            case Change.TotpReplaced:
                account.App = (await host.EnrolAsync(user)).App;
                break;
            case Change.PhoneReplaced:
                await host.WithPhoneAsync(user, SecondFactorCalls.NewNumber());
                break;
            case Change.FactorRemoved:
                (await host.SendAsync("DELETE", "/v1/me/phone", new { password = user.Password }, user.Token)).ShouldBe(HttpStatusCode.NoContent);
                break;
            case Change.FactorsResetByManager:
                (await Manage("DELETE", $"{account.Path}/second-factors")).ShouldBe(HttpStatusCode.NoContent);
                break;
            case Change.SessionsEndedByManager:
                ((int)(await Manage("DELETE", $"{account.Path}/sessions")).Status).ShouldBeInRange(200, 299);
                break;
            case Change.SignedInElsewhere:
                (await TrySignInAsync(account)).ShouldNotBeNull();
                break;
            case Change.Deleted:
                (await Manage("DELETE", account.Path)).ShouldBe(HttpStatusCode.NoContent);
                break;
            case Change.TenantSuspendedAndActive:
                (await host.ChangeTenantAsync(owner.Slug, new { status = "suspended" })).ShouldBe(HttpStatusCode.OK);
                (await host.ChangeTenantAsync(owner.Slug, new { status = "active" })).ShouldBe(HttpStatusCode.OK);
                break;
            case Change.TenantSuspended:
                (await host.ChangeTenantAsync(owner.Slug, new { status = "suspended" })).ShouldBe(HttpStatusCode.OK);
                break;
            case Change.TenantSessionsRevoked:
                (await Manage("DELETE", $"/v1/tenants/{owner.Slug}/sessions")).ShouldBe(HttpStatusCode.Accepted);
                break;
            case Change.AddressDenied:
                var rules = new[] { new { cidr = "127.0.0.0/8", action = "deny", appliesTo = $"user:{user.Id}" } };
                (await Manage("PUT", $"/v1/tenants/{owner.Slug}/ip-rules", new { rules })).ShouldBe(HttpStatusCode.OK);
                break;
            case Change.InvitationSentAgain:
                (await Manage("POST", $"{account.Path}/invitation")).ShouldBe(HttpStatusCode.Accepted);
                break;
            case Change.InvitationWithdrawn:
                (await Manage("DELETE", $"{account.Path}/invitation")).ShouldBe(HttpStatusCode.NoContent);
                break;
            case Change.FeatureTakenAway:
                (await host.ChangeTenantAsync(owner.Slug, new { features = new { twoFactor = false } })).ShouldBe(HttpStatusCode.OK);
                break;
        }
    }
}
