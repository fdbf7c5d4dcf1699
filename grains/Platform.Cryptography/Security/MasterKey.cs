using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Security;

/// <summary>
/// The 256-bit key that wraps all others at rest. It never lies in the database (threat T77): embedded it is a file that only the owner can read,
/// in a cluster it is configured alike on silos and API hosts.
/// </summary>
/// <remarks>Any thread may use it: one <see cref="AesGcm"/> must not encrypt for two at once, and nothing here is on the hot path.</remarks>
public sealed class MasterKey : IDisposable
{
    private readonly Lock _gate = new();
    private readonly AesGcm _aes;
    private readonly byte[] _derivation;
    private (string Path, byte[] Key)? _unsaved;

    public MasterKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, 32);
        _aes = new AesGcm(key, SealedBytes.TagSize);
        _derivation = HKDF.Extract(HashAlgorithmName.SHA256, key.ToArray());
    }

    /// <summary>
    /// Reads the key file. Where there is none, a new key in memory, which <see cref="Save"/> puts there: only who knows that the database is empty may do so, since what is
    /// in it opens with no new key.
    /// </summary>
    public static MasterKey OpenOrNew(string path)
    {
        if (File.Exists(path)) return Open(path);
        var key = RandomNumberGenerator.GetBytes(32);
        return new MasterKey(key) { _unsaved = (path, key) };
    }

    /// <summary>Whether it is nowhere but in memory.</summary>
    public bool IsNew => _unsaved is not null;

    /// <summary>Writes a new key to its file (mode 0600), on disk when it returns.</summary>
    /// <exception cref="IOException">Among others: another process has put its own key there meanwhile.</exception>
    public void Save()
    {
        if (_unsaved is not var (path, key)) return;
        PrivateDirectory.Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var made = path + "." + Convert.ToHexString(RandomNumberGenerator.GetBytes(8)) + ".new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var file = new FileStream(made, options))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        PutWhereThereIsNone(made, path);
        CryptographicOperations.ZeroMemory(key);
        _unsaved = null;
    }

    /// <summary>Reads a key file that must be there.</summary>
    /// <exception cref="IOException">It cannot be read, or is none.</exception>
    public static MasterKey Open(string path)
    {
        var key = File.ReadAllBytes(path);
        if (key.Length != 32) throw new InvalidDataException($"{path} is not a 32-byte master key. Restore it from your backup; without it no stored key can be read.");
        try { return new MasterKey(key); }
        finally { CryptographicOperations.ZeroMemory(key); }
    }

    /// <summary>Nonce, ciphertext and tag; bound to <paramref name="purpose"/>, so that what was wrapped for one use opens for no other.</summary>
    public ImmutableArray<byte> Wrap(ReadOnlySpan<byte> secret, string purpose)
    {
        var context = Encoding.UTF8.GetBytes(purpose);
        lock (_gate) return ImmutableCollectionsMarshal.AsImmutableArray(SealedBytes.Seal(_aes, secret, context));
    }

    /// <summary>A new 256-bit key that nobody has seen.</summary>
    public ImmutableArray<byte> WrapNewKey(string purpose)
    {
        Span<byte> key = stackalloc byte[32];
        RandomNumberGenerator.Fill(key);
        var wrapped = Wrap(key, purpose);
        CryptographicOperations.ZeroMemory(key);
        return wrapped;
    }

    /// <exception cref="CryptographicException">Another master key wrapped it, for another purpose, or it was altered.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (wrapped.Length < SealedBytes.Overhead) throw new CryptographicException("Too short to be a wrapped key.");
        var context = Encoding.UTF8.GetBytes(purpose);
        lock (_gate) return SealedBytes.Open(_aes, wrapped, context);
    }

    /// <summary>A 256-bit key that follows from this one and from nothing else: the same on every host, and no key to wrap and keep (RFC 5869).</summary>
    public byte[] Derive(string purpose) => HKDF.Expand(HashAlgorithmName.SHA256, _derivation, 32, Encoding.UTF8.GetBytes(purpose));

    /// <summary>Tells keys apart and nothing about them: a database remembers that of its own.</summary>
    /// <returns>32 bytes, from which nobody finds the key.</returns>
    public byte[] Fingerprint() => Derive("fingerprint-of-the-master-key");

    /// <summary>The name of a key, by its <see cref="Fingerprint"/>: to write on its copies.</summary>
    public static string IdOf(ReadOnlySpan<byte> fingerprint) => Convert.ToHexStringLower(fingerprint[..Math.Min(fingerprint.Length, 8)]);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_derivation);
        if (_unsaved is var (_, key)) CryptographicOperations.ZeroMemory(key);
        _aes.Dispose();
    }

    /// <summary>Of two first starts at once, one wins.</summary>
    /// <remarks>
    /// On Unix by a link: there the class library's move looks whether the target is there and then renames over it, so both could win and one of
    /// them would go on with a key that lies nowhere. It remains for file systems without links.
    /// </remarks>
    private static void PutWhereThereIsNone(string made, string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && Link(made, path) == 0) return;
            File.Move(made, path, overwrite: false);
        }
        finally
        {
            File.Delete(made);
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(string existing, string made);
}
