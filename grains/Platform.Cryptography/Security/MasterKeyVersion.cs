using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Security;

/// <summary>One 256-bit key of those that an installation has had, has, or is to have as its master key.</summary>
/// <remarks>Any thread may use it: one <see cref="AesGcm"/> must not encrypt for two at once, and nothing here is on the hot path.</remarks>
public sealed class MasterKeyVersion : IDisposable
{
    public const int Size = 32;

    /// <summary>Of the text before what is wrapped: a version byte and the start of the key's fingerprint.</summary>
    public const int NameSize = 5;

    private const byte Named = 1;

    private readonly Lock _gate = new();
    private readonly AesGcm _aes;
    private readonly byte[] _derivation;
    private readonly byte[] _name;

    public MasterKeyVersion(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Size);
        _aes = new AesGcm(key, SealedBytes.TagSize);
        _derivation = HKDF.Extract(HashAlgorithmName.SHA256, key.ToArray());
        Fingerprint = [.. Derive("fingerprint-of-the-master-key")];
        _name = [Named, .. Fingerprint.AsSpan(0, NameSize - 1)];
    }

    /// <summary>Tells keys apart and nothing about them: a database remembers that of its own.</summary>
    public ImmutableArray<byte> Fingerprint { get; }

    /// <summary>Stands before what this key wraps, where keys are named.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>What operators call it.</summary>
    public string Id => MasterKey.IdOf(Fingerprint.AsSpan());

    /// <summary>Nonce, ciphertext and tag, bound to <paramref name="purpose"/>; the name of the key before them where it is asked for.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> secret, string purpose, bool named)
    {
        var context = Encoding.UTF8.GetBytes(purpose);
        byte[] wrapped;
        lock (_gate) wrapped = SealedBytes.Seal(_aes, secret, context);
        return named ? [.. _name, .. wrapped] : wrapped;
    }

    /// <summary>Null: another key wrapped it, for another purpose, or it was altered.</summary>
    public byte[]? TryUnwrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        // What was wrapped without a name may begin like one: then both are tried.
        return (IsNamedIn(wrapped) ? TryOpen(wrapped[NameSize..], purpose) : null) ?? TryOpen(wrapped, purpose);
    }

    /// <summary>Whether what is wrapped says that this key did it.</summary>
    public bool IsNamedIn(ReadOnlySpan<byte> wrapped) => wrapped.StartsWith(_name);

    /// <summary>A 256-bit key that follows from this one and from nothing else (RFC 5869).</summary>
    public byte[] Derive(string purpose) => HKDF.Expand(HashAlgorithmName.SHA256, _derivation, Size, Encoding.UTF8.GetBytes(purpose));

    /// <summary>What all derived keys follow from; the key itself does not follow from it.</summary>
    internal byte[] Extract() => [.. _derivation];

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_derivation);
        _aes.Dispose();
    }

    private byte[]? TryOpen(ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (wrapped.Length < SealedBytes.Overhead) return null;
        var context = Encoding.UTF8.GetBytes(purpose);
        try
        {
            lock (_gate) return SealedBytes.Open(_aes, wrapped, context);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
