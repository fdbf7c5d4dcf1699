using System.Security.Cryptography;

namespace Platform.Security;

/// <summary>Vouches for the lines of the journal of endings (decision 118): a line, or the order of lines, that somebody without the master key has changed is found out.</summary>
public sealed class JournalKey(MasterKey master)
{
    private const string Purpose = "journal-of-endings";

    private readonly byte[] _key = master.Derive(Purpose);

    /// <summary>Name of the master key, as backups and logs say it.</summary>
    public string MasterKeyId { get; } = MasterKey.IdOf(master.Fingerprint());

    /// <param name="previous">Authenticator of the line before; empty for the first one.</param>
    /// <param name="line">Without authenticator and line feed.</param>
    /// <returns>32 bytes.</returns>
    public byte[] Authenticate(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> line)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(previous);
        hash.AppendData(line);
        return hash.GetHashAndReset();
    }
}
