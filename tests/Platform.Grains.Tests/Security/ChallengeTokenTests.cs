using Platform.Security;

namespace Platform.Grains.Tests.Security;

public sealed class ChallengeTokenTests
{
    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private readonly MasterKey _master = new(new byte[32]);
    private readonly UserId _user = UserId.From(new Guid(7, 0, 0, new byte[8]));

    [Fact, Trait("Threat", "T20")]
    public void TryOpen_Sealed_GivesUserAndHashInItsOwnEnvironmentOnly()
    {
        var secret = new byte[32];
        secret[3] = 9;
        var token = ChallengeToken.Seal(_master, "test", _user, secret);

        ChallengeToken.TryOpen(_master, "test", token, out var user, out var hash).ShouldBeTrue();
        user.ShouldBe(_user);
        hash.ShouldBe(System.Security.Cryptography.SHA256.HashData(secret));
        ChallengeToken.TryOpen(_master, "production", token, out _, out _).ShouldBeFalse();
        PasswordResetToken.TryOpen(_master, token, out _, out _).ShouldBeFalse();
        ChallengeToken.TryOpen(_master, "test", PasswordResetToken.Seal(_master, _user, secret), out _, out _).ShouldBeFalse();
    }

    /// <summary>The last character has bits to spare: decoders take sixteen texts for the same bytes.</summary>
    [Fact, Trait("Threat", "T20")]
    public void TryOpen_AnyOtherText_IsRefused()
    {
        var token = ChallengeToken.Seal(_master, "test", _user, new byte[32]);
        Characters.Count(last => ChallengeToken.TryOpen(_master, "test", token[..^1] + last, out _, out _)).ShouldBe(1);
        foreach (var text in new[] { token + "=", token + "==", token + " ", " " + token, token[..^1], "" }) ChallengeToken.TryOpen(_master, "test", text, out _, out _).ShouldBeFalse(text);
    }
}
