using System.Collections.Immutable;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Platform.Grains.Tests.Hosting;
using Platform.SecondFactors;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Users;

namespace Platform.Grains.Tests.SecondFactors;

/// <summary>Any order of the calls of a sign-in, by people and by attackers, against a model of what may come of it.</summary>
public sealed class SignInFlowModelTests(CheapHashFixture fixture) : IClassFixture<CheapHashFixture>
{
    private static ClientInfo Home => SiloHost.Client;

    private enum Act
    {
        Password,
        WrongPassword,
        Code,
        UsedCode,
        OldCode,
        WrongCode,
        RecoveryCode,
        OtherNetwork,
        ForgedChallenge,
        Pause,
        LongPause,
        Disable,
        Enable,
        ForgedReset,
    }

    private SiloHost Silo => fixture.Silo;

    [Fact, Trait("Threat", "T28"), Trait("Threat", "T8"), Trait("Threat", "T14"), Trait("Pace", "Slow")]
    public void AnySequence_OpensASessionOnlyAfterRightPasswordAndUnusedFactor()
    {
        var acts = Gen.Frequency(
            (6, Gen.Constant(Act.Password)), (1, Gen.Constant(Act.WrongPassword)), (6, Gen.Constant(Act.Code)), (2, Gen.Constant(Act.UsedCode)), (2, Gen.Constant(Act.OldCode)),
            (4, Gen.Constant(Act.WrongCode)), (3, Gen.Constant(Act.RecoveryCode)), (1, Gen.Constant(Act.OtherNetwork)), (1, Gen.Constant(Act.ForgedChallenge)),
            (3, Gen.Constant(Act.Pause)), (1, Gen.Constant(Act.LongPause)), (1, Gen.Constant(Act.Disable)), (2, Gen.Constant(Act.Enable)), (1, Gen.Constant(Act.ForgedReset)));
        var steps = Gen.ListOf(Gen.Zip(acts, Gen.Choose(0, 99)));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(25).WithStartSize(10).WithEndSize(60),
            Prop.ForAll(Arb.From(steps), sequence => Task.Run(() => RunAsync([.. sequence])).GetAwaiter().GetResult()));
    }

    private async Task RunAsync(IReadOnlyList<(Act Act, int Pick)> steps)
    {
        var run = await Run.StartAsync(Silo);
        foreach (var (act, pick) in steps) await run.StepAsync(act, pick);
        (run.Opened + run.Refused).ShouldBe(run.Tried);
    }

    /// <summary>One user, the platform's answers and the model's.</summary>
    private sealed class Run(SiloHost silo, string slug, Actor owner, UserView user, Authenticator app, ImmutableArray<string> recovery)
    {
        private readonly List<Held> _held = [];
        private readonly HashSet<int> _usedRecovery = [];
        private CodeAttempts _attempts = new();
        private bool _enabled = true;
        private long _lastStep = Totp.StepAt(silo.Time.GetUtcNow());
        private string? _usedCode;

        public int Tried { get; private set; }

        public int Opened { get; private set; }

        public int Refused { get; private set; }

        public static async Task<Run> StartAsync(SiloHost silo)
        {
            var (slug, owner) = await silo.NewTwoFactorTenantAsync();
            var user = await silo.NewUserAsync(owner, "bob");
            var (session, _) = await silo.SignInAsync(slug, "bob", SiloHost.OwnerPassword);
            var enrolled = await silo.EnrolAsync(SiloHost.ActorOf(session.ShouldNotBeNull()));
            return new Run(silo, slug, owner, user, enrolled.App, enrolled.RecoveryCodes);
        }

        public Task StepAsync(Act act, int pick) => act switch
        {
            Act.Password => PasswordAsync(SiloHost.OwnerPassword, Home),
            Act.WrongPassword => PasswordAsync("Wrong-Harbour-71", new ClientInfo($"203.0.113.{pick}", "tests")),
            Act.Code => ProveAsync(pick, SecondFactorMethod.Totp, app.CodeAt(Now), Home),
            Act.UsedCode => ProveAsync(pick, SecondFactorMethod.Totp, _usedCode ?? app.WrongCodeAt(Now), Home),
            Act.OldCode => ProveAsync(pick, SecondFactorMethod.Totp, app.CodeAt(Now.AddSeconds(-60)), Home),
            Act.WrongCode => ProveAsync(pick, SecondFactorMethod.Totp, app.WrongCodeAt(Now), Home),
            Act.RecoveryCode => ProveAsync(pick, SecondFactorMethod.RecoveryCode, recovery[pick % 10], Home),
            Act.OtherNetwork => ProveAsync(pick, SecondFactorMethod.Totp, app.CodeAt(Now), new ClientInfo("203.0.113.200", "tests")),
            Act.ForgedChallenge => ForgedAsync(),
            Act.Pause => PauseAsync(TimeSpan.FromSeconds(pick)),
            Act.LongPause => PauseAsync(TimeSpan.FromMinutes(pick)),
            Act.Disable => SetStatusAsync(UserStatus.Disabled),
            Act.Enable => SetStatusAsync(UserStatus.Active),
            Act.ForgedReset => ForgedResetAsync(),
            _ => throw new ArgumentOutOfRangeException(nameof(act)),
        };

        private DateTimeOffset Now => silo.Time.GetUtcNow();

        private async Task PasswordAsync(string password, ClientInfo from)
        {
            var outcome = await silo.Grains.SignIn().SignInAsync(
                new SignInRequest { Tenant = slug, Username = "bob", Password = password, SecretHash = SiloHost.NewSecretHash(out _), Client = from }, default);
            if (password != SiloHost.OwnerPassword || !_enabled)
            {
                outcome.Refusal.ShouldBeOneOf(Refusal.InvalidCredentials, Refusal.TooManyAttempts);
                return;
            }

            if (outcome.Refusal == Refusal.TooManyAttempts) return; // Right passwords of a disabled user count as wrong; the guard has tests of its own.
            var challenge = outcome.Value.ShouldNotBeNull().Challenge.ShouldNotBeNull();
            outcome.Value!.Session.ShouldBeNull();
            var (opened, hash) = silo.Open(challenge);
            opened.ShouldBe(user.Id);
            _held.Add(new Held(hash, Now.AddMinutes(5)));
            foreach (var pushedOut in _held.Where(h => h.IsOpen && h.ExpiresAt > Now).SkipLast(10)) pushedOut.IsOpen = false;
        }

        private async Task ProveAsync(int pick, SecondFactorMethod method, string code, ClientInfo from)
        {
            if (_held.Count == 0) return;
            var held = _held[^(1 + (pick % Math.Min(_held.Count, 3)))];
            var expected = Expect(held, method, code, from);
            var outcome = await silo.ProveAsync(user.Id, held.Hash, method, code, from, out var secret);
            outcome.Refusal.ShouldBe(expected);
            if (expected != Refusal.None)
            {
                outcome.Value.ShouldBeNull();
                return;
            }

            Opened++;
            var session = outcome.Value!.Session.ShouldNotBeNull();
            session.Scope.ShouldBe(SessionScope.Full);
            session.AuthenticationMethods.ShouldBe(["pwd", "otp"]);
            (await silo.PeekAsync(session.Id, secret)).ShouldBe(SessionState.Live);
        }

        /// <summary>What the model says, and what becomes of it.</summary>
        private Refusal Expect(Held held, SecondFactorMethod method, string code, ClientInfo from)
        {
            Tried++;
            var refusal = ExpectRefusal(held, method, code, from);
            if (refusal != Refusal.None) Refused++;
            return refusal;
        }

        private Refusal ExpectRefusal(Held held, SecondFactorMethod method, string code, ClientInfo from)
        {
            if (!_enabled || !held.IsOpen || Now >= held.ExpiresAt || from != Home) return Refusal.InvalidCode;
            if (_attempts.WaitFor(Now) is not null) return Refusal.TooManyAttempts;
            var step = Totp.StepAt(Now);
            var right = method == SecondFactorMethod.Totp
                ? new[] { step + 1, step, step - 1 }.Where(s => s > _lastStep && app.CodeAt(DateTimeOffset.FromUnixTimeSeconds(s * 30)) == code).Cast<long?>().FirstOrDefault()
                : _usedRecovery.Add(recovery.IndexOf(code)) ? 0 : null;
            if (right is null)
            {
                _attempts = _attempts.Failed(Now);
                held.IsOpen = ++held.Failures < 5;
                return Refusal.InvalidCode;
            }

            if (method == SecondFactorMethod.Totp) (_lastStep, _usedCode) = (right.Value, code);
            _attempts = _attempts.Succeeded();
            held.IsOpen = false;
            return Refusal.None;
        }

        private async Task ForgedAsync() => (await silo.ProveAsync(user.Id, SiloHost.NewSecretHash(out _), SecondFactorMethod.Totp, app.CodeAt(Now), Home, out _)).Refusal.ShouldBe(Refusal.InvalidCode);

        private Task PauseAsync(TimeSpan pause)
        {
            silo.Time.Advance(pause);
            return Task.CompletedTask;
        }

        private async Task SetStatusAsync(UserStatus status)
        {
            (await silo.Grains.User(user.Id).ChangeAsync(owner, new UserChange { Status = status }, default)).Refusal.ShouldBe(Refusal.None);
            _enabled = status == UserStatus.Active;
            if (_enabled) return;
            foreach (var held in _held) held.IsOpen = false;
        }

        private async Task ForgedResetAsync()
        {
            var forged = new PasswordReset { UserId = user.Id, SecretHash = [.. SHA256.HashData(RandomNumberGenerator.GetBytes(32))], NewPassword = "Loud-Mountain-92" };
            (await silo.Grains.PasswordReset().ResetAsync(forged, default)).Refusal.ShouldBe(Refusal.InvalidToken);
        }
    }

    private sealed class Held(ImmutableArray<byte> hash, DateTimeOffset expiresAt)
    {
        public ImmutableArray<byte> Hash { get; } = hash;

        public DateTimeOffset ExpiresAt { get; } = expiresAt;

        public bool IsOpen { get; set; } = true;

        public int Failures { get; set; }
    }
}
