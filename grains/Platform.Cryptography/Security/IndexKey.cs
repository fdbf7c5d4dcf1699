using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Security;

/// <summary>
/// From which follows what cannot be made anew when the master key changes: blind indexes of names, tags of API keys, hashes of reporters and of idempotency keys. It lies wrapped by the
/// master key in table <c>secrets</c> and stays. Its first value is what follows from the first master key, so that nothing changes where there has been one key only.
/// </summary>
/// <remarks>Nobody else keeps what is derived: a process that starts after a rotation has another value until it has read the table.</remarks>
public sealed class IndexKey
{
    private const string Purpose = "index-key";

    private volatile Value? _value;

    /// <summary>Of an installation whose master key has never changed.</summary>
    public static IndexKey Of(MasterKey master) => Of(master.Versions.All[0]);

    /// <inheritdoc cref="Of(MasterKey)"/>
    public static IndexKey Of(MasterKeyVersion first) => new() { _value = new Value(first.Extract()) };

    /// <summary>Whether this process has been told.</summary>
    public bool IsKnown => _value is not null;

    /// <summary>For the table, by the key that is current.</summary>
    public byte[] WrapBy(MasterKeyVersion version, bool named) => version.Wrap(Known.Key, Purpose, named);

    /// <summary>Takes what the table holds.</summary>
    /// <exception cref="CryptographicException">No key that this process holds wrapped it.</exception>
    public void Take(MasterKey master, ReadOnlySpan<byte> wrapped)
    {
        var key = master.Unwrap(wrapped, Purpose);
        if (_value is not { } known || !known.Key.AsSpan().SequenceEqual(key)) _value = new Value(key);
    }

    /// <summary>A 256-bit key for one purpose, the same on every host and for ever. Computed once; not to be written to.</summary>
    /// <param name="purpose">One of a few.</param>
    /// <exception cref="StorageUnavailableException">This process has not been told yet.</exception>
    public byte[] Derive(string purpose)
    {
        var known = Known;
        return known.Derived.GetOrAdd(purpose, static (purpose, key) => HKDF.Expand(HashAlgorithmName.SHA256, key, 32, Encoding.UTF8.GetBytes(purpose)), known.Key);
    }

    private Value Known => _value ?? throw new StorageUnavailableException("The index key is not known yet.");

    private sealed class Value(byte[] key)
    {
        public byte[] Key { get; } = key;

        public ConcurrentDictionary<string, byte[]> Derived { get; } = new(StringComparer.Ordinal);
    }
}
