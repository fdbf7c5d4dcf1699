using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Platform.Security;

/// <summary>
/// The 256-bit key that wraps all others at rest. It never lies in the database (threat T77): embedded it is a file that only the owner can read,
/// in a cluster it is configured alike on silos and API hosts. While it is rotated there are several versions of it: the current one wraps, all that are held unwrap.
/// </summary>
public sealed class MasterKey : IDisposable
{
    private readonly Lock _gate = new();
    private volatile VersionSet _versions;
    private (string Path, byte[] Key)? _unsaved;

    public MasterKey(ReadOnlySpan<byte> key) : this(new MasterKeyVersion(key))
    {
    }

    public MasterKey(MasterKeyVersion version) => _versions = new VersionSet([version], version, NamesKeys: false, FormerMayCall: true);

    /// <summary>All that this process holds at this moment.</summary>
    public VersionSet Versions => _versions;

    public MasterKeyVersion Current => _versions.Current;

    /// <summary>
    /// Reads the key file. Where there is none, a new key in memory, which <see cref="Save"/> puts there: only who knows that the database is empty may do so, since what is
    /// in it opens with no new key.
    /// </summary>
    public static MasterKey OpenOrNew(string path)
    {
        if (File.Exists(path)) return Open(path);
        var key = RandomNumberGenerator.GetBytes(MasterKeyVersion.Size);
        return new MasterKey(key) { _unsaved = (path, key) };
    }

    /// <summary>Whether it is nowhere but in memory.</summary>
    public bool IsNew => _unsaved is not null;

    /// <summary>Writes a new key to its file (mode 0600), on disk when it returns.</summary>
    /// <exception cref="IOException">Among others: another process has put its own key there meanwhile.</exception>
    public void Save()
    {
        if (_unsaved is not var (path, key)) return;
        Write(path, key);
        CryptographicOperations.ZeroMemory(key);
        _unsaved = null;
    }

    /// <summary>Makes a key file where there is none (mode 0600), on disk when it returns.</summary>
    /// <inheritdoc cref="Save"/>
    public static void Write(string path, ReadOnlySpan<byte> key)
    {
        PrivateDirectory.Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var made = path + "." + Convert.ToHexString(RandomNumberGenerator.GetBytes(8)) + ".new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var file = new FileStream(made, options))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        PutWhereThereIsNone(made, path);
    }

    /// <summary>Reads a key file that must be there.</summary>
    /// <exception cref="IOException">It cannot be read, or is none.</exception>
    public static MasterKey Open(string path)
    {
        var key = File.ReadAllBytes(path);
        if (key.Length != MasterKeyVersion.Size) throw new InvalidDataException($"{path} is not a 32-byte master key. Restore it from your backup; without it no stored key can be read.");
        try { return new MasterKey(key); }
        finally { CryptographicOperations.ZeroMemory(key); }
    }

    /// <summary>By the current key; bound to <paramref name="purpose"/>, so that what was wrapped for one use opens for no other.</summary>
    public ImmutableArray<byte> Wrap(ReadOnlySpan<byte> secret, string purpose)
    {
        var versions = _versions;
        return ImmutableCollectionsMarshal.AsImmutableArray(versions.Current.Wrap(secret, purpose, versions.NamesKeys));
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

    /// <exception cref="CryptographicException">A key that is not held wrapped it, for another purpose, or it was altered.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (wrapped.Length < SealedBytes.Overhead) throw new CryptographicException("Too short to be a wrapped key.");
        foreach (var version in _versions.InOrderOf(wrapped))
        {
            if (version.TryUnwrap(wrapped, purpose) is { } secret) return secret;
        }

        throw new AuthenticationTagMismatchException("None of the master keys of this process wrapped it for this purpose, or it was altered.");
    }

    /// <summary>By the current key, whichever wrapped it before. What the current one wrapped stays as it is.</summary>
    /// <inheritdoc cref="Unwrap"/>
    public ImmutableArray<byte> Rewrap(ReadOnlySpan<byte> wrapped, string purpose)
    {
        if (IsByCurrent(wrapped)) return [.. wrapped];
        var secret = Unwrap(wrapped, purpose);
        var again = Wrap(secret, purpose);
        CryptographicOperations.ZeroMemory(secret);
        return again;
    }

    /// <summary>Whether the current key wrapped it, by what it says of itself.</summary>
    public bool IsByCurrent(ReadOnlySpan<byte> wrapped) => _versions is { NamesKeys: true } versions && versions.Current.IsNamedIn(wrapped);

    /// <summary>
    /// A 256-bit key that follows from the current one and from nothing else: the same on every host, and no key to wrap and keep. It changes with a rotation; what must stay follows from
    /// <see cref="IndexKey"/>.
    /// </summary>
    public byte[] Derive(string purpose) => Current.Derive(purpose);

    /// <summary>Tells keys apart and nothing about them: a database remembers that of its own.</summary>
    /// <returns>32 bytes, from which nobody finds the key.</returns>
    public byte[] Fingerprint() => [.. Current.Fingerprint];

    /// <summary>Holds one more, which wraps nothing yet. From here on what is wrapped names its key.</summary>
    public void Add(MasterKeyVersion version)
    {
        lock (_gate)
        {
            var held = _versions;
            _versions = held with { All = held.Find(version.Fingerprint.AsSpan()) is null ? held.All.Add(version) : held.All, NamesKeys = true };
        }
    }

    /// <summary>The key of this fingerprint wraps from here on. From here on what is wrapped names its key.</summary>
    /// <param name="fingerprint">Of one that is held.</param>
    /// <param name="formerMayCall">Whether grain calls with the credential of another one that is held are taken.</param>
    public void Use(ReadOnlySpan<byte> fingerprint, bool formerMayCall)
    {
        lock (_gate)
        {
            var held = _versions;
            var current = held.Find(fingerprint) ?? throw new InvalidOperationException("That key is not held.");
            if (current == held.Current && held.NamesKeys && held.FormerMayCall == formerMayCall) return;
            _versions = held with { Current = current, NamesKeys = true, FormerMayCall = formerMayCall };
        }
    }

    /// <summary>Holds this one instead of all others, on disk or not: the one in its place in memory was new and is wrong.</summary>
    public void Replace(MasterKeyVersion version)
    {
        lock (_gate)
        {
            if (_unsaved is var (_, key)) CryptographicOperations.ZeroMemory(key);
            _unsaved = null;
            _versions = _versions with { All = [version], Current = version, NamesKeys = true };
        }
    }

    /// <summary>Holds the current one only. What another one wrapped does not open any more.</summary>
    public void ForgetOthers()
    {
        lock (_gate)
        {
            if (_versions.All.Length > 1) _versions = _versions with { All = [_versions.Current] };
        }
    }

    /// <summary>The name of a key, by its <see cref="Fingerprint"/>: to write on its copies.</summary>
    public static string IdOf(ReadOnlySpan<byte> fingerprint) => Convert.ToHexStringLower(fingerprint[..Math.Min(fingerprint.Length, 8)]);

    public void Dispose()
    {
        if (_unsaved is var (_, key)) CryptographicOperations.ZeroMemory(key);
        foreach (var version in _versions.All) version.Dispose();
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
            DurableFolder.FlushAbove(path);
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(string existing, string made);

    /// <param name="All">In the order in which they came.</param>
    /// <param name="Current">Wraps.</param>
    /// <param name="NamesKeys">Whether what is wrapped names its key. What does not is of the first key that the installation had; so a version from before there were names reads it, too.</param>
    /// <param name="FormerMayCall">Whether grain calls with the credential of another than the current one are taken.</param>
    public sealed record VersionSet(ImmutableArray<MasterKeyVersion> All, MasterKeyVersion Current, bool NamesKeys, bool FormerMayCall)
    {
        public MasterKeyVersion? Find(ReadOnlySpan<byte> fingerprint)
        {
            foreach (var version in All)
            {
                if (version.Fingerprint.AsSpan().SequenceEqual(fingerprint)) return version;
            }

            return null;
        }

        public MasterKeyVersion? Find(string id) => All.FirstOrDefault(version => version.Id == id);

        /// <summary>First the one that it names, then the others.</summary>
        internal IEnumerable<MasterKeyVersion> InOrderOf(ReadOnlySpan<byte> wrapped)
        {
            if (All is [var only]) return [only];
            foreach (var version in All)
            {
                if (version.IsNamedIn(wrapped)) return [version, .. All.Where(other => other != version)];
            }

            return All;
        }
    }
}
