using System.Security.Cryptography;
using System.Text;

namespace Platform.Security;

/// <summary>
/// From which follows what cannot be made anew when the master key changes: blind indexes of names, tags of API keys, hashes of reporters and of idempotency keys. It lies wrapped by the
/// master key in table <c>secrets</c> and stays. Its first value is what follows from the first master key, so that nothing changes where there has been one key only.
/// </summary>
public sealed class IndexKey
{
    private const string Purpose = "index-key";

    private volatile byte[]? _key;

    /// <summary>Of an installation whose master key has never changed.</summary>
    public static IndexKey Of(MasterKey master) => Of(master.Versions.All[0]);

    /// <inheritdoc cref="Of(MasterKey)"/>
    public static IndexKey Of(MasterKeyVersion first) => new() { _key = first.Extract() };

    /// <summary>Whether this process has been told.</summary>
    public bool IsKnown => _key is not null;

    /// <summary>For the table, by the key that is current.</summary>
    public byte[] WrapBy(MasterKeyVersion version, bool named) => version.Wrap(Known, Purpose, named);

    /// <summary>Takes what the table holds.</summary>
    /// <exception cref="CryptographicException">No key that this process holds wrapped it.</exception>
    public void Take(MasterKey master, ReadOnlySpan<byte> wrapped) => _key = master.Unwrap(wrapped, Purpose);

    /// <summary>A 256-bit key for one purpose, the same on every host and for ever.</summary>
    /// <exception cref="StorageUnavailableException">This process has not been told yet.</exception>
    public byte[] Derive(string purpose) => HKDF.Expand(HashAlgorithmName.SHA256, Known, 32, Encoding.UTF8.GetBytes(purpose));

    private byte[] Known => _key ?? throw new StorageUnavailableException("The index key is not known yet.");
}
