using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Api.Tokens;

/// <summary>One AES-256-GCM key of the ring, bound to token version, key id and environment.</summary>
/// <remarks>
/// <see cref="AesGcm"/> must not be used by two threads at once, so each key keeps one per processor and lends it out without a lock.
/// All are made beforehand: lending allocates nothing unless a thread is preempted while it holds one.
/// </remarks>
internal sealed class TokenKey
{
    public const int NonceSize = 12;
    public const int TagSize = 16;

    private readonly byte[] _key;
    private readonly byte[] _associated;
    private readonly AesGcm?[] _idle;

    public TokenKey(uint keyId, byte[] key, string environment)
    {
        KeyId = keyId;
        _key = key;
        _associated = new byte[5 + Encoding.UTF8.GetByteCount(environment)];
        _associated[0] = SessionToken.Version;
        BinaryPrimitives.WriteUInt32BigEndian(_associated.AsSpan(1), keyId);
        Encoding.UTF8.GetBytes(environment, _associated.AsSpan(5));
        _idle = new AesGcm?[Environment.ProcessorCount];
        for (var i = 0; i < _idle.Length; i++) _idle[i] = new AesGcm(key, TagSize);
    }

    public uint KeyId { get; }

    /// <summary>False when another key, version or environment sealed it, or a bit was changed.</summary>
    public bool TryDecrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedContent, ReadOnlySpan<byte> tag, Span<byte> content)
    {
        var aes = Rent(out var slot);
        try
        {
            aes.Decrypt(nonce, sealedContent, tag, content, _associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            Return(aes, slot);
        }
    }

    public void Encrypt(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> content, Span<byte> sealedContent, Span<byte> tag)
    {
        var aes = Rent(out var slot);
        aes.Encrypt(nonce, content, sealedContent, tag, _associated);
        Return(aes, slot);
    }

    private AesGcm Rent(out int slot)
    {
        slot = (int)((uint)Thread.GetCurrentProcessorId() % (uint)_idle.Length);
        return Interlocked.Exchange(ref _idle[slot], null) ?? new AesGcm(_key, TagSize);
    }

    private void Return(AesGcm aes, int slot)
    {
        if (Interlocked.CompareExchange(ref _idle[slot], aes, null) is not null) aes.Dispose();
    }
}
