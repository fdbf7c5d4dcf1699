using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Security;

namespace Platform.Storage.Backups;

/// <summary>
/// Encrypted files as gpg and others open them (RFC 4880: AES-256 with modification detection, no compression), written and read as streams: memory stays flat, whatever their size.
/// </summary>
internal static class OpenPgpMessage
{
    private const int BufferSize = 64 * 1024;

    /// <param name="output">Stays open.</param>
    /// <param name="recipients">Who can open it.</param>
    /// <param name="name">Of the file inside.</param>
    /// <param name="at">Its time.</param>
    /// <param name="content">Writes the file.</param>
    public static async Task WriteAsync(Stream output, BackupRecipients recipients, string name, DateTimeOffset at, Func<Stream, Task> content)
    {
        var message = new PgpEncryptedDataGenerator(SymmetricKeyAlgorithmTag.Aes256, withIntegrityPacket: true, new SecureRandom());
        recipients.AddTo(message);
        await using var encrypted = message.Open(output, new byte[BufferSize]);
        await using var file = new PgpLiteralDataGenerator().Open(encrypted, PgpLiteralData.Binary, name, at.UtcDateTime, new byte[BufferSize]);
        await content(file);
    }

    /// <param name="input">The message.</param>
    /// <param name="identity">Opens it.</param>
    /// <param name="content">Reads the file; what it has done counts only when this method returns.</param>
    /// <exception cref="BackupException">The message is damaged, was altered, or is for others.</exception>
    public static async Task ReadAsync(Stream input, BackupIdentity identity, Func<Stream, Task> content)
    {
        try
        {
            var packets = new PgpObjectFactory(input);
            if (packets.NextPgpObject() is not PgpEncryptedDataList message) throw Damaged();
            var (method, clear) = identity.Open(message);
            if (new PgpObjectFactory(clear).NextPgpObject() is not PgpLiteralData literal) throw Damaged();
            await using var file = literal.GetInputStream();
            await content(file);

            // The code that tells of changes comes after the last byte.
            file.CopyTo(Stream.Null);
            if (!method.IsIntegrityProtected() || !method.Verify()) throw Damaged();
        }
        catch (Exception broken) when (broken is PgpException or InvalidDataException or (IOException and not FileNotFoundException))
        {
            throw new BackupException($"An archive cannot be read: {broken.Message}", broken);
        }
    }

    private static BackupException Damaged() => new("An archive is damaged. Take another copy of the backup.");
}
