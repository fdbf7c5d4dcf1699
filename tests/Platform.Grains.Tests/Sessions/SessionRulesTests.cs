using Platform.Sessions;

namespace Platform.Grains.Tests.Sessions;

public sealed class SessionRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly StoredSession Stored = new()
    {
        SecretHash = [1],
        CreatedAt = Now.AddHours(-1),
        AuthenticationMethods = ["pwd"],
        Scope = SessionScope.Enrolment,
    };

    /// <summary>The new secret, or none; the method; the secret and the methods that the session has then.</summary>
    [Theory]
    [InlineData(null, "otp", 1, "pwd,otp")]
    [InlineData(2, "otp", 2, "pwd,otp")]
    [InlineData(2, "pwd", 2, "pwd")]
    public void WithFactor_Table(int? newSecret, string method, int secret, string methods)
    {
        var next = SessionRules.WithFactor(Stored, method, newSecret is { } fresh ? [(byte)fresh] : null, Now);
        (next.Scope, next.SecondFactorAt).ShouldBe((SessionScope.Full, Now));
        next.SecretHash.ShouldBe([(byte)secret]);
        string.Join(',', next.AuthenticationMethods).ShouldBe(methods);
    }

    [Fact]
    public void AsOf_OpenedBeforeNow_IsTheSameValue() => SessionRules.AsOf(Stored, Now).ShouldBeSameAs(Stored);

    [Fact]
    public void AsOf_OpenedUnderAClockAhead_LastsFromNowAndIsNotFresh()
    {
        var corrected = SessionRules.AsOf(Stored with { CreatedAt = Now.AddDays(1), SecondFactorAt = Now.AddDays(1) }, Now);
        corrected.CreatedAt.ShouldBeLessThan(Now.AddMinutes(-15));
        corrected.SecondFactorAt.ShouldBe(corrected.CreatedAt);
    }

    /// <summary>Whether the secret is the session's, its state, the host's reason, the reason in the log.</summary>
    [Theory]
    [InlineData(false, SessionState.Live, null, "token_replaced")]
    [InlineData(true, SessionState.Live, null, null)]
    [InlineData(true, SessionState.Unknown, null, null)]
    [InlineData(true, SessionState.Idle, null, "idle")]
    [InlineData(true, SessionState.Live, SessionState.IpNotAllowed, "ip_not_allowed")]
    [InlineData(true, SessionState.Revoked, SessionState.IpNotAllowed, "revoked")]
    public void ReasonOf_Table(bool ownSecret, SessionState state, SessionState? elsewhere, string? expected) =>
        SessionAuditEntries.ReasonOf(ownSecret ? [1] : [2], Stored, state, elsewhere).ShouldBe(expected);
}
