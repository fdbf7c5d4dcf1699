using System.Security.Cryptography;
using Platform.Api.Tokens;

namespace Platform.Api.Tests.Tokens;

[Trait("Threat", "T35")]
public sealed class SessionTokenTests
{
    private static readonly DateTimeOffset Now = ManualTimeProvider.DefaultStart;
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(SessionToken.SecretSize);
    private static readonly byte[] KeyBytes = RandomNumberGenerator.GetBytes(32);

    private readonly SessionId _id = PrefixedId.New<SessionId>(new ManualTimeProvider());
    private readonly TokenKey _key = new(0x01020304, KeyBytes, "test");

    [Fact]
    public void Open_OfASealedToken_GivesIdAndHashOfTheSecret()
    {
        Span<byte> hash = stackalloc byte[SessionToken.HashSize];

        TryOpen(_key, Seal(), Now, hash, out var id).ShouldBeTrue();

        id.ShouldBe(_id);
        hash.ToArray().ShouldBe(SHA256.HashData(Secret));
    }

    [Fact]
    [Trait("Threat", "T36")]
    public void Seal_Always_MakesDifferent120SafeCharacters()
    {
        var (one, other) = (Seal(), Seal());

        one.ShouldMatch("^[A-Za-z0-9_-]{120}$");
        one[7..].ShouldNotBe(other[7..]);
        one.ShouldNotContain(Convert.ToBase64String(Secret)[..20]);
    }

    [Fact]
    public void Open_WithAnyBitFlipped_IsRefused()
    {
        var token = System.Buffers.Text.Base64Url.DecodeFromChars(Seal());
        for (var bit = 0; bit < token.Length * 8; bit++)
        {
            token[bit / 8] ^= (byte)(1 << (bit % 8));
            TryOpen(_key, System.Buffers.Text.Base64Url.EncodeToString(token), Now, new byte[32], out _).ShouldBeFalse($"bit {bit}");
            token[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Open_WithAnyCharacterReplaced_IsRefused()
    {
        var token = Seal();
        for (var i = 0; i < token.Length; i++)
        {
            foreach (var c in "Az09-_+/= \n%\0é")
            {
                if (c == token[i]) continue;
                TryOpen(_key, token[..i] + c + token[(i + 1)..], Now, new byte[32], out _).ShouldBeFalse($"'{c}' at {i}");
            }
        }
    }

    [Fact]
    public void Open_TruncatedOrExtended_IsRefused()
    {
        var token = Seal();
        for (var length = 0; length < token.Length; length++) TryOpen(_key, token.AsSpan(0, length), Now, new byte[32], out _).ShouldBeFalse();
        foreach (var extended in new[] { token + "A", "A" + token, token + token, token + "=", " " + token, token + "\n" }) TryOpen(_key, extended, Now, new byte[32], out _).ShouldBeFalse();
    }

    [Fact]
    public void Open_InAnotherEnvironment_IsRefused() =>
        TryOpen(new TokenKey(0x01020304, KeyBytes, "production"), Seal(), Now, new byte[32], out _).ShouldBeFalse();

    [Fact]
    public void Open_UnderAnotherKeyOfTheSameId_IsRefused() =>
        TryOpen(new TokenKey(0x01020304, RandomNumberGenerator.GetBytes(32), "test"), Seal(), Now, new byte[32], out _).ShouldBeFalse();

    [Fact]
    public void Open_AtTheAbsoluteExpiry_IsRefused()
    {
        var token = Seal();

        TryOpen(_key, token, Now + TimeSpan.FromDays(1) - TimeSpan.FromTicks(1), new byte[32], out _).ShouldBeTrue();
        TryOpen(_key, token, Now + TimeSpan.FromDays(1), new byte[32], out _).ShouldBeFalse();
    }

    [Fact]
    public void Open_OfAGenuineToken_AllocatesNothing()
    {
        var token = Seal();
        var hash = new byte[SessionToken.HashSize];
        for (var i = 0; i < 1_000; i++) TryOpen(_key, token, Now, hash, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) TryOpen(_key, token, Now, hash, out _);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public async Task OneKey_UsedByManyThreadsAtOnce_NeverFails()
    {
        await Parallel.ForAsync(0, 20_000, (i, _) =>
        {
            TryOpen(_key, Seal(), Now, new byte[32], out var id).ShouldBeTrue();
            id.ShouldBe(_id);
            return ValueTask.CompletedTask;
        });
    }

    private string Seal() => SessionToken.Seal(_key, _id, Secret, Now + TimeSpan.FromDays(1));

    private static bool TryOpen(TokenKey key, ReadOnlySpan<char> text, DateTimeOffset now, Span<byte> hash, out SessionId id)
    {
        id = default;
        Span<byte> token = stackalloc byte[SessionToken.DecodedSize];
        return SessionToken.TryDecode(text, token, out var keyId) && keyId == key.KeyId && SessionToken.TryOpen(key, token, now, hash, out id);
    }
}
