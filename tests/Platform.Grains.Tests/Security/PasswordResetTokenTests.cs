using System.Security.Cryptography;
using Platform.Security;

namespace Platform.Grains.Tests.Security;

public sealed class PasswordResetTokenTests
{
    private readonly MasterKey _master = new(RandomNumberGenerator.GetBytes(32));
    private readonly UserId _user = PrefixedId.New<UserId>(TimeProvider.System);

    [Fact]
    public void TryOpen_WhatWasSealed_GivesUserAndHash()
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        PasswordResetToken.TryOpen(_master, PasswordResetToken.Seal(_master, _user, secret), out var user, out var hash).ShouldBeTrue();
        user.ShouldBe(_user);
        hash.ShouldBe([.. SHA256.HashData(secret)]);
    }

    [Fact, Trait("Threat", "T26")]
    public void TryOpen_AnythingElse_IsRefusedWithoutAnException()
    {
        var token = PasswordResetToken.Seal(_master, _user, new byte[32]);
        using var other = new MasterKey(RandomNumberGenerator.GetBytes(32));
        string?[] wrong =
        [
            null, "", "x", "=", "ä", new('A', 102), new('A', 5000), token + "A", token[1..], token[..^1] + (token[^1] == 'A' ? 'B' : 'A'),
            PasswordResetToken.Seal(other, _user, new byte[32]), _user.ToString(),
        ];
        foreach (var text in wrong) PasswordResetToken.TryOpen(_master, text, out _, out _).ShouldBeFalse(text);
    }
}
