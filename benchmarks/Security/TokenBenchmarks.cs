using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Platform.Api.Tokens;

namespace Platform.Benchmarks.Security;

/// <summary>
/// Tokens against the two primitives they cannot do without: AES-256-GCM over the content and SHA-256 over the secret. What is above that is encoding.
/// The forged ones are what a flood of made-up tokens costs, before any limit.
/// </summary>
public class TokenBenchmarks
{
    private const int ContentSize = 57;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(SessionToken.SecretSize);
    private readonly byte[] _nonce = RandomNumberGenerator.GetBytes(TokenKey.NonceSize);
    private readonly byte[] _associated = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _sealed = new byte[ContentSize];
    private readonly byte[] _tag = new byte[TokenKey.TagSize];
    private readonly SessionId _id = PrefixedId.New<SessionId>(TimeProvider.System);

    private AesGcm _aes = null!;
    private TokenKey _key = null!;
    private DateTimeOffset _now;
    private string _genuine = "";
    private string _forged = "";
    private string _garbage = "";

    [GlobalSetup]
    public void Setup()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        _aes = new AesGcm(key, TokenKey.TagSize);
        _aes.Encrypt(_nonce, RandomNumberGenerator.GetBytes(ContentSize), _sealed, _tag, _associated);
        _key = new TokenKey(1, key, "benchmark");
        _now = TimeProvider.System.GetUtcNow();
        _genuine = Seal();
        _forged = _genuine[..60] + (_genuine[60] == 'A' ? 'B' : 'A') + _genuine[61..];
        _garbage = _genuine[..^1] + "!";
        if (!OpenGenuine() || OpenForged() || OpenGarbage()) throw new InvalidOperationException("The tokens are not what they should be.");
    }

    [Benchmark(Baseline = true)]
    public int Primitives()
    {
        Span<byte> content = stackalloc byte[ContentSize];
        Span<byte> hash = stackalloc byte[SessionToken.HashSize];
        _aes.Decrypt(_nonce, _sealed, _tag, content, _associated);
        return SHA256.HashData(content[..SessionToken.SecretSize], hash);
    }

    [Benchmark]
    public bool OpenGenuine() => Open(_genuine);

    /// <summary>One bit differs: refused by its tag.</summary>
    [Benchmark]
    public bool OpenForged() => Open(_forged);

    /// <summary>Refused by its form.</summary>
    [Benchmark]
    public bool OpenGarbage() => Open(_garbage);

    [Benchmark]
    public string Seal() => SessionToken.Seal(_key, _id, _secret, _now + TimeSpan.FromDays(1));

    private bool Open(string text)
    {
        Span<byte> token = stackalloc byte[SessionToken.DecodedSize];
        Span<byte> hash = stackalloc byte[SessionToken.HashSize];
        return SessionToken.TryDecode(text, token, out _) && SessionToken.TryOpen(_key, token, _now, hash, out _);
    }
}
